//! Why a step of an install did not succeed, in the two sentences that the Control Center shows.

use std::io;
use std::path::Path;

use crate::command::CommandError;

/// What was attempted and seen, and what a person can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Fault {
    pub reason: String,
    pub advice: String,
}

impl Fault {
    pub fn new(reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { reason: reason.into(), advice: advice.into() }
    }

    /// A command that was to do `what` failed.
    pub fn command(what: &str, advice: &str) -> impl FnOnce(CommandError) -> Self {
        let (what, advice) = (what.to_owned(), advice.to_owned());
        move |why| Self::new(format!("{what}: {why}"), advice)
    }

    /// The file at `path` on the target could not be written or read.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |why| {
            Self::new(
                format!("{} on the new system could not be written: {why}", path.display()),
                "Check that the image is a whole root file system and that root_mib of the profile leaves room in it.",
            )
        }
    }
}
