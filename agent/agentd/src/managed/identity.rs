//! What enrolment left on the disk: the Control Center's address, the certificate, the key and the authority.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rackwright_model::ServerId;
use serde::{Deserialize, Serialize};

use crate::files::{self, FileError};

/// Names inside /etc/rackwright.
pub const SETTINGS: &str = "agent.json";
pub const CERTIFICATE: &str = "agent.crt";
pub const KEY: &str = "agent.key";
pub const AUTHORITY: &str = "ca.crt";

/// The content of [`SETTINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub server: ServerId,
    /// IP address and port.
    pub center: SocketAddr,
}

/// Everything a session needs.
pub struct Identity {
    pub server: ServerId,
    pub center: SocketAddr,
    pub authority_pem: String,
    pub certificate_pem: String,
    pub key_pem: String,
}

/// The server has no usable identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("{} is missing, so this server is not enrolled; `rackwright-agent enrol` needs a token in enrol.json beside it", .0.display())]
    NotEnrolled(PathBuf),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} does not hold the Control Center's address", path.display())]
    Settings {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

impl Identity {
    /// Reads the identity from `directory`.
    ///
    /// # Errors
    /// [`IdentityError`] names the file.
    pub fn load(directory: &Path) -> Result<Self, IdentityError> {
        let text = |name: &str| {
            let path = directory.join(name);
            files::read_if_there(&path)?.ok_or(IdentityError::NotEnrolled(path))
        };
        let certificate_pem = text(CERTIFICATE)?;
        let settings: Settings = serde_json::from_str(&text(SETTINGS)?)
            .map_err(|source| IdentityError::Settings { path: directory.join(SETTINGS), source })?;
        Ok(Self {
            server: settings.server,
            center: settings.center,
            authority_pem: text(AUTHORITY)?,
            certificate_pem,
            key_pem: text(KEY)?,
        })
    }
}
