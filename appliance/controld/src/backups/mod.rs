//! Backups of private servers, where they lie: a folder for each private server, in restic's layout (restic, "Design",
//! "Repository Format"). Agents reach them by restic's REST protocol and can only add; what goes is the Control Center's
//! own decision, carried out by the restic on this machine.
//!
//! Attacker's input: every byte of every request, from a server that may have been taken over. Names are checked before they
//! come near the disk, bodies are bounded, and whatever is named by its SHA-256 must have it.

mod folder;
mod names;
mod room;
mod serve;
mod shelf;
mod tidy;

pub use folder::FolderError;
pub use names::{Kind, Target, target};
pub use serve::{Door, app, limits};
pub use shelf::{Shelf, ShelfError};
pub use tidy::Restic;
