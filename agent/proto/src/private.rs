//! What is said of private servers beside what is wanted and seen of them.

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, LoginName, Work, WorkFailure};
use serde::{Deserialize, Serialize};

use crate::bytes;

/// The largest number of private servers in one frame.
pub const A_FRAME: usize = 64;
/// The most that is kept of what a command wrote, in bytes.
pub const OUTPUT: usize = 256 * 1024;
/// The most that one console frame carries, in bytes.
pub const CHUNK: usize = 32 * 1024;

/// What a server can give to private servers, and what keeps it from that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRoom {
    /// Each is a sentence on what is missing; empty when private servers can stand here.
    pub missing: Vec<String>,
    pub processors: u32,
    pub memory_mib: u64,
    pub swap_mib: u64,
    /// Of the file system for private servers.
    pub disk_mib: u64,
    /// Of the card to the outside.
    pub link_kbit: u64,
    /// Whether it can mount NFS exports. Older agents do not tell it, and cannot.
    #[serde(default)]
    pub nfs: bool,
}

/// A command to run inside, without a terminal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exec {
    pub command: u64,
    pub number: Number,
    /// Program and arguments, run as root in /root. May hold secrets: never printed.
    pub argv: Vec<String>,
    /// It is killed after so many seconds.
    pub limit_s: u32,
}

/// What came of [`Exec`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecDone {
    pub command: u64,
    /// Exit status, or 128 and the signal; none when it could not be run or took too long.
    pub status: Option<i32>,
    /// What it wrote, both channels, as text; at most [`OUTPUT`] bytes.
    pub output: String,
    /// Whether it wrote more.
    pub cut: bool,
    /// Why there is no status.
    pub error: Option<String>,
}

/// Something for a console: a login shell of root in a terminal inside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Console {
    /// Chosen by the Control Center; never used twice in a session.
    pub console: u64,
    pub order: ConsoleOrder,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum ConsoleOrder {
    Open {
        number: Number,
        rows: u16,
        columns: u16,
    },
    /// What was typed; at most [`CHUNK`] bytes.
    Input {
        #[serde(with = "bytes")]
        bytes: Vec<u8>,
    },
    Resize {
        rows: u16,
        columns: u16,
    },
    /// Everything that runs in it is hung up.
    Close,
}

/// What a console wrote; at most [`CHUNK`] bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleOutput {
    pub console: u64,
    #[serde(with = "bytes")]
    pub bytes: Vec<u8>,
    /// Set when nothing follows: why it ended, in a sentence.
    pub ended: Option<String>,
}

/// Work inside a private server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    pub ask: u64,
    pub number: Number,
    /// With the rights of this login, in its home; as root when there is none.
    pub login: Option<LoginName>,
    pub work: Work,
}

/// What came of [`Inside`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsideDone {
    pub ask: u64,
    pub result: Result<Answer, WorkFailure>,
}

/// Shows everything but what may be a secret.
macro_rules! discreet {
    ($($type:ident { $($field:ident),+ })+) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))+.finish_non_exhaustive()
            }
        }
    )+};
}

discreet! {
    Exec { command, number }
    ExecDone { command, status, cut, error }
    Console { console }
    ConsoleOutput { console, ended }
    Inside { ask, number, work }
    InsideDone { ask }
}
