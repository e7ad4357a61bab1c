//! Snapshots and backups of private servers: what a server is told to do, and what it says of it.

use std::fmt;

use rackwright_model::private_server::{Number, Template};
use serde::{Deserialize, Serialize};

/// Paths in one order.
pub const PATHS: usize = 64;
/// Bytes of one path.
pub const PATH: usize = 4_096;

/// A piece of work on the files of one private server. Said again, it is answered again and not done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vault {
    /// The job's number at the Control Center; never used twice.
    pub task: u64,
    pub number: Number,
    pub order: VaultOrder,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum VaultOrder {
    /// Keep its files as they are now.
    Snapshot { snapshot: u64 },
    /// Remove a snapshot; one that is not there is removed.
    Discard { snapshot: u64 },
    /// Put the files of a snapshot in place. Those that are there become the snapshot `keep`.
    Restore { snapshot: u64, keep: u64 },
    /// Back its files up.
    Backup { access: Access },
    /// Put the files of a backup in place. Those that are there become the snapshot `keep`.
    RestoreBackup { access: Access, backup: String, keep: u64, template: Template },
    /// Put some files of a backup back, each where it was, or all below the directory `into`.
    RestoreFiles { access: Access, backup: String, paths: Vec<String>, into: Option<String> },
    /// Restore a backup beside the private server, read all of it, and remove it again.
    Test { access: Access, backup: String },
    /// Stop the task, or forget it when it has ended.
    End,
}

/// The way to the backups of one private server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// `https://ADDRESS:PORT/NAME/`.
    pub url: String,
    /// Opens the door at `url`.
    pub password: String,
    /// Opens the backups themselves.
    pub key: String,
    /// Certificate of the authority whose certificate stands at `url`.
    pub authority_pem: String,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultNews {
    pub task: u64,
    pub number: Number,
    pub news: VaultSaid,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum VaultSaid {
    /// What it does now, and per mille of it where that is known.
    Busy {
        step: VaultStep,
        permille: Option<u32>,
    },
    Done(VaultDone),
    /// It was not done; the private server is as it was.
    Failed {
        reason: String,
        /// Its new files are in place all the same, and those of before nowhere but in the snapshot `keep`.
        placed: bool,
    },
}

/// What a task does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultStep {
    /// Its files are frozen and kept.
    Keeping,
    /// It is being stopped.
    Stopping,
    /// Bytes go to the Control Center.
    Sending,
    /// Bytes come from the Control Center.
    Fetching,
    /// Files are put in place.
    Placing,
    /// All of it is read.
    Checking,
}

/// The figures of what was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VaultDone {
    /// Of the snapshot that was made, in MiB.
    pub mib: u64,
    /// SHA-256 of the template below the files that were kept.
    pub template: String,
    /// The backup's name: 64 hexadecimal digits.
    pub backup: String,
    pub files: u64,
    pub bytes: u64,
    /// What of it was not there yet.
    pub added_bytes: u64,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("url", &self.url).finish_non_exhaustive()
    }
}
