//! A file on its way into the repository: hashed while it is written, invisible until it is whole.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ring::digest::{Context, SHA256};
use tempfile::NamedTempFile;

use super::{Repository, RepositoryError, fault, image_path};
use crate::manifest::Manifest;

/// How files on their way are called. The dot keeps them out of listings.
const PREFIX: &str = ".incoming-";
/// A file that nobody wrote to for so long belongs to a process that was killed.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// Bytes on their way. Dropped, they are gone.
pub(crate) struct Incoming {
    file: NamedTempFile,
    hash: Context,
    bytes: u64,
}

impl Repository {
    /// Begin taking a file in.
    ///
    /// # Errors
    /// When no file can be made in the directory.
    pub(crate) fn incoming(&self) -> Result<Incoming, RepositoryError> {
        self.sweep();
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempfile_in(&self.directory)
            .map_err(|source| fault("written to", &self.directory, source))?;
        Ok(Incoming { file, hash: Context::new(&SHA256), bytes: 0 })
    }

    /// Make the file and the manifest visible, in this order, each at once. `manifest` gets the SHA-256 in hexadecimal and the
    /// number of bytes.
    ///
    /// # Errors
    /// When the disk did not take them. The repository is then as it was.
    pub(crate) fn finish(
        &self,
        incoming: Incoming,
        manifest: impl FnOnce(String, u64) -> Manifest,
    ) -> Result<Manifest, RepositoryError> {
        let manifest = manifest(hex::encode(incoming.hash.finish()), incoming.bytes);
        publish(incoming.file, &image_path(&self.directory, &manifest.sha256))?;
        let path = self.manifest_path(&manifest.name);
        let mut file = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempfile_in(&self.directory)
            .map_err(|source| fault("written", &path, source))?;
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|source| RepositoryError::Manifest { path: path.clone(), source })?;
        file.write_all(&text).map_err(|source| fault("written", &path, source))?;
        publish(file, &path)?;
        Ok(manifest)
    }

    /// Remove what killed processes left on its way.
    fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else { return };
        for entry in entries.flatten() {
            let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let age = changed.ok().and_then(|changed| SystemTime::now().duration_since(changed).ok());
            if ours
                && age.is_some_and(|age| age > ABANDONED_AFTER)
                && std::fs::remove_file(entry.path()).is_err()
            {
                tracing::warn!(path = %entry.path().display(), "an abandoned file could not be removed");
            }
        }
    }
}

/// On the disk first, then under its name, then the name on the disk.
fn publish(file: NamedTempFile, path: &Path) -> Result<(), RepositoryError> {
    let publish = || {
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        let directory = path.parent().unwrap_or(Path::new("."));
        File::open(directory)?.sync_all()
    };
    publish().map_err(|source: io::Error| fault("written", path, source))
}

impl Incoming {
    /// SHA-256 of what was written so far, in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finish())
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
