//! Network-attached storage: exports over NFS (RFC 7530, RFC 8881, RFC 7862) that hold disks of private servers, or files
//! that many of them read (white paper, section 5.7).

mod export;
mod inside;
mod version;

pub use export::{BadExportPath, ExportPath};
pub use inside::{BadMountPoint, MountPoint};
pub use version::NfsVersion;

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{NasId, ServerId};

/// What an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NasPurpose {
    /// It holds disks of private servers.
    Roots,
    /// It holds files that private servers read.
    Shared,
}

impl NasPurpose {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Roots => "roots",
            Self::Shared => "shared",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Roots, Self::Shared].into_iter().find(|purpose| purpose.word() == word)
    }
}

/// An export, as a server mounts it. The number names its place on the server, and never changes its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub nas: NasId,
    pub address: Ipv4Addr,
    pub path: ExportPath,
    pub version: NfsVersion,
}

/// The disk of a private server on an export, and who may use it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NasDisk {
    pub export: Export,
    /// The directory of this Control Center on the export, of `a`-`z`, `0`-`9` and hyphens: others may use it beside.
    pub directory: String,
    /// The fencing token: grows whenever another server may use the disk. Whoever finds a greater one in the claim on the
    /// export has lost the disk.
    pub epoch: u64,
    /// Whose this epoch is.
    pub server: ServerId,
}

/// Files that a private server reads at a place inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub export: Export,
    pub at: MountPoint,
}

/// Whether this names a directory on an export, and nothing outside of it.
#[must_use]
pub fn is_directory(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
