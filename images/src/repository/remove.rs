//! Taking an image out of the repository.

use std::io::ErrorKind;
use std::path::Path;

use rackwright_model::Name;

use super::{Listed, Repository, RepositoryError, fault, image_path};

impl Repository {
    /// Remove the image of this name, and its file when no other name shares it.
    ///
    /// # Errors
    /// When there is no such image, or the disk refuses.
    pub fn remove(&self, name: &Name) -> Result<(), RepositoryError> {
        let manifest = self.manifest(name)?;
        // The name first: what is left after a crash is a file without a name, not a name without a file.
        delete(&self.manifest_path(name))?;
        let same =
            |listed: &Listed| matches!(listed, Listed::Image(other) if other.sha256 == manifest.sha256);
        if self.list()?.iter().any(same) {
            return Ok(());
        }
        delete(&image_path(&self.directory, &manifest.sha256))
    }
}

fn delete(path: &Path) -> Result<(), RepositoryError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(fault("removed", path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Watch;
    use crate::repository::Bounds;
    use crate::repository::scan::tests::system;

    #[test]
    fn a_shared_file_stays_until_its_last_name_goes() {
        let directory = tempfile::tempdir().expect("a directory");
        let repository = Repository::open(directory.path()).expect("opens");
        let bytes = zstd::encode_all(system("").as_slice(), 3).expect("packs");
        let names = ["one", "two"].map(|name| name.parse::<Name>().expect("a name"));
        for name in &names {
            repository
                .import(name, bytes.as_slice(), 0, None, Bounds::default(), Watch::nobody())
                .expect("taken");
        }
        let count = || std::fs::read_dir(directory.path()).expect("reads").count();
        assert_eq!(count(), 3);
        repository.remove(&names[0]).expect("removes");
        assert_eq!(count(), 2);
        repository.remove(&names[1]).expect("removes");
        assert_eq!(count(), 0);
        assert!(matches!(repository.remove(&names[1]), Err(RepositoryError::Unknown(_))));
    }
}
