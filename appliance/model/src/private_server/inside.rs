//! Work inside one private server, as it is ordered by the Control Center and answered by the agent of its server: files,
//! services, processes, logins, the journal, network and time (white paper, section 10).
//!
//! Attacker's input: every answer. Root inside chooses what stands in files, in names and in what programs print; each answer
//! is bounded where it is made, and cleaned where it is taken.

mod answer;
mod file;
mod order;
mod path;

pub use answer::{
    Answer, FailureKind, Interface, Journal, JournalLine, Login, NetworkInside, ProcessInside, Service,
    TimeInside, WorkFailure, severity_word,
};
pub use file::{Changed, FileEntry, FileKind, FilePage, FilePiece};
pub use order::{Deed, Over, Work};
pub use path::{BadInside, FileName, InsidePath, JournalPlace, LoginName, UnitName, UploadKey};

/// Bytes of a file in one piece.
pub const PIECE: u32 = 512 * 1024;
/// Entries of a folder in one page.
pub const ENTRIES: usize = 200;
/// Lines of the journal in one answer.
pub const LINES: u32 = 200;
