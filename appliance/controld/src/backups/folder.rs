//! The folder of all backups when the daemon starts.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::shelf::Shelf;
use crate::data::{DataError, private_folder};

/// Backups can lie nowhere.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error(
        "backups cannot be kept in {}: it is read-only for rackwrightd, whose systemd unit opens /var/lib/rackwright alone; \
         run: mkdir -p {}, then: systemctl edit rackwrightd, write the line [Service] and below it the line ReadWritePaths={}, \
         and start rackwrightd again; when it stays so, the disk itself is mounted read-only",
        .0.display(), .0.display(), .0.display()
    )]
    ReadOnly(PathBuf),
    #[error(transparent)]
    Unusable(DataError),
}

impl Shelf {
    /// Opens the folder of all backups, making it when it is missing, and takes away what a crash left in it.
    ///
    /// # Errors
    /// [`FolderError`] says what to do.
    pub fn open(base: &Path) -> Result<Self, FolderError> {
        private_folder(base).map_err(|why| unusable(base, why))?;
        let shelf = Self::new(base.to_owned());
        if let Err(why) = shelf.sweep() {
            tracing::warn!("What a crash left of backups stays in {}: {why}.", base.display());
        }
        Ok(shelf)
    }
}

fn unusable(base: &Path, why: DataError) -> FolderError {
    match why {
        DataError::File { source, .. } if source.kind() == ErrorKind::ReadOnlyFilesystem => {
            FolderError::ReadOnly(base.to_owned())
        }
        why => FolderError::Unusable(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_systemd_keeps_shut_is_told_with_the_line_that_opens_it() {
        let refused = |errno: nix::errno::Errno| DataError::File {
            what: "create",
            path: "/srv/backups".into(),
            source: errno.into(),
        };
        let told = unusable(Path::new("/srv/backups"), refused(nix::errno::Errno::EROFS)).to_string();
        for part in ["systemctl edit rackwrightd", "[Service]", "ReadWritePaths=/srv/backups"] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        let other = unusable(Path::new("/srv/backups"), refused(nix::errno::Errno::EACCES)).to_string();
        assert!(other.contains("could not create /srv/backups") && !other.contains("systemctl"), "{other}");
    }

    #[tokio::test]
    async fn what_a_crash_left_is_gone_when_the_folder_is_open() {
        let base = tempfile::tempdir().expect("a directory");
        let folder = "0123456789abcdef0123456789abcdef";
        Shelf::open(base.path()).expect("open").lay_out(folder).await.expect("laid out");
        let left = base.path().join(folder).join("tmp/0");
        std::fs::write(&left, "half").expect("written");
        Shelf::open(base.path()).expect("open");
        assert!(!left.exists());
    }
}
