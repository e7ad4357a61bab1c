//! Why a transaction was given up: a fault to show, or a failure of the database.

use std::fmt::Display;

use rackwright_catalog::{Fault, FaultCode};
use rackwright_store::StoreError;

/// The error of every transaction in this crate.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    #[must_use]
    pub fn is_storage_full(&self) -> bool {
        matches!(self, Self::Store(StoreError::Full))
    }

    /// The fault to show to whoever attempted `attempted`.
    #[must_use]
    pub fn fault(self, attempted: &str) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Store(StoreError::Full) => Fault::new(
                FaultCode::StorageFull,
                attempted,
                "the data disk of the Control Center is full; nothing was changed",
                "Make room on the data disk, then try again.",
            ),
            Self::Store(StoreError::Taken { what }) => Fault::new(
                FaultCode::Conflict,
                attempted,
                format!("{what} exists already"),
                "Choose another name or address.",
            ),
            Self::Store(error) => {
                let chain = chain(&error);
                tracing::error!(attempted, "the database failed: {chain}");
                Fault::new(
                    FaultCode::Internal,
                    attempted,
                    "the database failed; nothing was changed",
                    "Read the Control Center's log and try again.",
                )
            }
        }
    }
}

/// An error with its causes, on one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// No such object, in the one wording that is also used for objects that the actor may not see.
#[must_use]
pub fn not_found(attempted: impl Into<String>, noun: &str, name: &dyn std::fmt::Display) -> Fault {
    not_found_in(attempted, noun, name, format!("List them with: rackwright {noun} list"))
}

/// As [`not_found`], for what is listed by an action of another noun, which `advice` names.
#[must_use]
pub fn not_found_in(
    attempted: impl Into<String>,
    noun: &str,
    name: &dyn std::fmt::Display,
    advice: impl Into<String>,
) -> Fault {
    let reason = match noun {
        "private-server" => format!("there is no private server {name}"),
        "nas" => format!("there is no NAS {name}"),
        "oidc" => format!("there is no sign-in provider {name}"),
        _ => format!("there is no {noun} {name}"),
    };
    Fault::new(FaultCode::NotFound, attempted, reason, advice)
}

/// The object's state does not allow this.
#[must_use]
pub fn conflict(attempted: impl Into<String>, reason: impl Into<String>, advice: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Conflict, attempted, reason, advice)
}

/// That the name of what would be destroyed was repeated: `given` is what was said.
///
/// # Errors
/// [`FaultCode::ConfirmationNeeded`] with the loss.
pub fn confirmed<T: Display + PartialEq + ?Sized>(
    attempted: impl Into<String>,
    loss: impl Into<String>,
    flag: &str,
    name: &T,
    given: Option<&T>,
) -> Result<(), Fault> {
    if given == Some(name) {
        return Ok(());
    }
    let mut reason: String = loss.into();
    if let Some(word) = given.map(ToString::to_string) {
        reason = format!("{word:?} is not the name {name}; {reason}");
    }
    let advice = format!("To go ahead, repeat the name: --{flag} {name}");
    Err(Fault::new(FaultCode::ConfirmationNeeded, attempted, reason, advice))
}
