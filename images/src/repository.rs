//! The directory of images: one `SHA256.tar.zst` each, and one `NAME.json` that says what it is. Several names may share a
//! file. A reader never sees half an image: files come in under another name and are renamed when they are whole and on
//! the disk.

mod archive;
mod bounded;
mod entry_path;
mod extension;
mod import;
pub(crate) mod incoming;
mod list;
mod remove;
pub(crate) mod scan;
mod verify;

use std::io;
use std::path::{Path, PathBuf};

pub use archive::{ArchiveError, Bounds};
pub use import::ImportError;
pub use list::Listed;
pub use scan::{Found, ScanError};
pub use verify::{VerifyError, file_sha256, image_path, verify};

/// The repository's directory.
#[derive(Debug, Clone)]
pub struct Repository {
    directory: PathBuf,
}

/// The directory did not do as it should.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    #[error("{path} in the image repository could not be {what}")]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the manifest {path} does not say what an image is")]
    Manifest {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("there is no image {0} in the repository")]
    Unknown(rackwright_model::Name),
}

impl Repository {
    /// The repository in this directory, which is made if it is missing.
    ///
    /// # Errors
    /// When the directory cannot be made.
    pub fn open(directory: &Path) -> Result<Self, RepositoryError> {
        std::fs::create_dir_all(directory).map_err(|source| fault("made", directory, source))?;
        Ok(Self { directory: directory.to_owned() })
    }

    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn manifest_path(&self, name: &rackwright_model::Name) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }
}

fn fault(what: &'static str, path: &Path, source: io::Error) -> RepositoryError {
    RepositoryError::File { what, path: path.to_owned(), source }
}
