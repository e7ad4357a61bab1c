//! Whether an image's file still is what it was when it was added.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};

/// Why an image must not be installed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("its file {path} cannot be read")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("its file has the SHA-256 {found}, and {expected} is on record")]
    Corrupt { expected: String, found: String },
}

/// Path of an image's file in the repository.
#[must_use]
pub fn image_path(directory: &Path, sha256: &str) -> PathBuf {
    directory.join(format!("{sha256}.tar.zst"))
}

/// Read the image's file and compare its SHA-256 (lower-case hexadecimal) with the one on record.
///
/// # Errors
/// [`VerifyError`] names both hashes, or the file that cannot be read.
pub fn verify(directory: &Path, sha256: &str) -> Result<(), VerifyError> {
    let path = image_path(directory, sha256);
    let found = file_sha256(&path).map_err(|source| VerifyError::Unreadable { path, source })?;
    if found == sha256 { Ok(()) } else { Err(VerifyError::Corrupt { expected: sha256.to_owned(), found }) }
}

/// SHA-256 of a file, in lower-case hexadecimal.
///
/// # Errors
/// What reading the file answered.
pub fn file_sha256(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut chunk = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(hex::encode(context.finish()));
        }
        context.update(&chunk[..read]);
    }
}
