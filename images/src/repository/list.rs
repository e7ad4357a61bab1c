//! What is in the repository.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rackwright_model::Name;

use super::{Repository, RepositoryError, fault, image_path};
use crate::manifest::Manifest;

/// A manifest, or why it cannot be used. One bad file does not hide the others.
#[derive(Debug)]
pub enum Listed {
    Image(Manifest),
    Broken { path: PathBuf, reason: String },
}

impl Repository {
    /// All images, by name. Their files are not read: see [`super::verify`].
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, RepositoryError> {
        let unreadable = |source| fault("read", &self.directory, source);
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(&self.directory).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
        }
        paths.retain(|path| path.extension() == Some(OsStr::new("json")));
        paths.sort();
        Ok(paths.into_iter().map(|path| self.listed(path)).collect())
    }

    /// What is known of the image of this name.
    ///
    /// # Errors
    /// When there is none, or its manifest cannot be read.
    pub fn manifest(&self, name: &Name) -> Result<Manifest, RepositoryError> {
        let path = self.manifest_path(name);
        match read(&path) {
            Err(RepositoryError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Err(RepositoryError::Unknown(name.clone()))
            }
            other => other,
        }
    }

    fn listed(&self, path: PathBuf) -> Listed {
        let reason = match read(&path) {
            Ok(manifest) if path != self.manifest_path(&manifest.name) => {
                format!("it is about {}", manifest.name)
            }
            Ok(manifest) => match std::fs::metadata(image_path(&self.directory, &manifest.sha256)) {
                Ok(file) if file.len() == manifest.bytes => return Listed::Image(manifest),
                Ok(file) => format!("its image has {} bytes instead of {}", file.len(), manifest.bytes),
                Err(error) => format!("its image cannot be read: {error}"),
            },
            Err(RepositoryError::Manifest { source, .. }) => source.to_string(),
            Err(error) => error.to_string(),
        };
        Listed::Broken { path, reason }
    }
}

pub(super) fn read(path: &Path) -> Result<Manifest, RepositoryError> {
    let text = std::fs::read(path).map_err(|source| fault("read", path, source))?;
    serde_json::from_slice(&text)
        .map_err(|source| RepositoryError::Manifest { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Watch;
    use crate::repository::Bounds;
    use crate::repository::scan::tests::system;

    #[test]
    fn a_broken_manifest_does_not_hide_the_others() {
        let directory = tempfile::tempdir().expect("a directory");
        let repository = Repository::open(directory.path()).expect("opens");
        let bytes = zstd::encode_all(system("").as_slice(), 3).expect("packs");
        for name in ["good", "torn"] {
            let name = name.parse().expect("a name");
            let imported =
                repository.import(&name, bytes.as_slice(), 0, None, Bounds::default(), Watch::nobody());
            imported.expect("taken");
        }
        std::fs::write(directory.path().join("torn.json"), "{").expect("spoils");
        let all = repository.list().expect("lists");
        assert!(
            matches!(all.as_slice(), [Listed::Image(good), Listed::Broken { .. }] if good.name.as_str() == "good")
        );
        let image = image_path(
            directory.path(),
            &repository.manifest(&"good".parse().expect("a name")).expect("reads").sha256,
        );
        std::fs::write(image, "short").expect("spoils");
        let all = repository.list().expect("lists");
        assert!(
            matches!(&all[0], Listed::Broken { reason, .. } if reason.contains("5 bytes instead of")),
            "{all:?}"
        );
    }
}
