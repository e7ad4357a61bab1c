//! Writing files so that a crash leaves the old one or the new one, never half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {}", path.display())]
pub struct FileError {
    pub verb: &'static str,
    pub path: PathBuf,
    #[source]
    pub source: io::Error,
}

impl FileError {
    /// Turns an I/O error into one that names the file.
    pub fn of(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { verb, path, source }
    }
}

/// Replaces the file at `path` by `content` with permissions `mode`, durably.
///
/// # Errors
/// [`FileError`] names the file.
pub fn replace(path: &Path, content: &[u8], mode: u32) -> Result<(), FileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let write = || -> io::Result<()> {
        match fs::remove_file(&fresh) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        sync_directory(path)
    };
    write().map_err(FileError::of("write", path))
}

/// Removes the file at `path`, durably; one that is not there is removed.
///
/// # Errors
/// [`FileError`] names the file.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Ok(()) => sync_directory(path).map_err(FileError::of("remove", path)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(FileError::of("remove", path)(why)),
    }
}

/// The content of the file at `path` when there is one.
///
/// # Errors
/// [`FileError`] names the file.
pub fn read_if_there(path: &Path) -> Result<Option<String>, FileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(FileError::of("read", path)(why)),
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_replaced_file_has_the_new_content_and_mode_and_no_leftover() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("agent.key");
        fs::write(&path, "old").expect("written");
        fs::write(dir.path().join("agent.key.new"), "half of one").expect("written");
        replace(&path, b"new", 0o600).expect("replaced");
        assert_eq!(fs::read(&path).expect("there"), b"new");
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1);
    }

    #[test]
    fn an_error_names_the_file() {
        let why = replace(Path::new("/nowhere/at/all"), b"", 0o600).expect_err("no such directory");
        assert!(why.to_string().contains("/nowhere/at/all"));
    }
}
