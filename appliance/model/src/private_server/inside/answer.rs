//! What came of work inside.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Changed, FileEntry, FilePage, FilePiece, JournalPlace};
use crate::Millis;

/// What came of a [`super::Work`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "came", content = "with", rename_all = "snake_case")]
pub enum Answer {
    Done,
    Page(FilePage),
    Entry(FileEntry),
    /// To work on a folder with everything in it.
    Changed(Changed),
    Piece(FilePiece),
    /// So many bytes of an upload are there.
    Written(u64),
    Services(Vec<Service>),
    Processes(Vec<ProcessInside>),
    Logins(Vec<Login>),
    Keys(Vec<String>),
    Journal(Journal),
    Network(NetworkInside),
    Time(TimeInside),
}

/// A service of systemd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    pub service: String,
    pub description: String,
    /// `active`, `inactive`, `failed`, `activating` or `deactivating`; empty when it is not loaded.
    pub active: String,
    /// In more detail, such as `running` or `exited`.
    pub sub: String,
    /// `enabled`, `disabled`, `static`, `masked` and others of systemctl(1); none when it has no file.
    pub at_start: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessInside {
    pub process: u32,
    pub parent: u32,
    pub user: String,
    /// One letter of proc(5), such as `S` for sleeping.
    pub status: String,
    pub memory_bytes: u64,
    /// Processor time so far, in milliseconds.
    pub cpu_ms: u64,
    pub command: String,
}

/// A user inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Login {
    pub login: String,
    pub uid: u32,
    /// Whether it belongs to a program and not to a person.
    pub system: bool,
    pub full_name: String,
    pub home: String,
    pub shell: String,
    /// Groups beside the own one.
    pub groups: Vec<String>,
    pub has_password: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JournalLine {
    pub at: Millis,
    /// The service, or what else wrote it.
    pub from: String,
    /// 0 for an emergency to 7 for debugging (syslog(3)).
    pub severity: u8,
    pub text: String,
}

/// Keywords of syslog(3), by severity.
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// The keyword of a severity, such as `warning` for 4; none above 7.
#[must_use]
pub fn severity_word(severity: u64) -> Option<&'static str> {
    SEVERITIES.get(usize::try_from(severity).ok()?).copied()
}

/// Lines of the journal, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Journal {
    pub items: Vec<JournalLine>,
    /// Whether older ones that were asked for did not fit.
    pub cut: bool,
    /// Where the newest of them stands: pass it as `after` for those that follow. None when there never was a line.
    pub newest: Option<JournalPlace>,
}

/// A network card inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Interface {
    pub name: String,
    pub up: bool,
    pub mac: Option<String>,
    /// With their prefix lengths, such as `192.0.2.7/24`.
    pub addresses: Vec<String>,
}

/// The network as a private server sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkInside {
    pub host_name: String,
    pub interfaces: Vec<Interface>,
    pub routers: Vec<IpAddr>,
    pub dns: Vec<IpAddr>,
    /// Domains that are tried for short names.
    pub search: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TimeInside {
    pub at: Millis,
    /// Of the time zone database, such as `Europe/Berlin`; none when none is set.
    pub zone: Option<String>,
    /// From universal time, such as `+0100`.
    pub offset: String,
}

/// Why work was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason}")]
pub struct WorkFailure {
    pub kind: FailureKind,
    /// In a sentence, without its end.
    pub reason: String,
    /// How many bytes of the upload are there.
    pub at: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    Missing,
    Exists,
    /// Whoever acts may not, inside.
    Denied,
    /// It is no file, no folder, or nothing that this can be done with.
    Unsuitable,
    /// The disk of the private server.
    Full,
    /// It was changed since it was read.
    Changed,
    /// The upload goes on elsewhere; see `at`.
    Elsewhere,
    /// It was not done in time and was ended.
    Late,
    /// Too much is being done on this server already.
    Busy,
    /// The private server does not run, or what was needed inside is not there or does not answer as it should.
    Broken,
}

impl WorkFailure {
    #[must_use]
    pub fn new(kind: FailureKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), at: None }
    }
}
