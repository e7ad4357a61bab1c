//! The one error of the product's edge: what was attempted, why it failed, what to do.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stable kinds of failure. A program may branch on these; the sentences may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultCode {
    /// The input is wrong; `fields` names each wrong field.
    InvalidInput,
    /// No valid credential.
    NotSignedIn,
    /// The credential does not grant this.
    Forbidden,
    /// No such object, or none that the actor may see.
    NotFound,
    /// The object is in a state that does not allow this.
    Conflict,
    /// Something would be destroyed: repeat with the confirmation.
    ConfirmationNeeded,
    /// Too many attempts; wait.
    TooMany,
    /// The Control Center's disk is full.
    StorageFull,
    /// A peer (BMC, agent, disk) did not do its part.
    Unavailable,
    /// A wait ended without an answer.
    TimedOut,
    /// A mistake of ours.
    Internal,
}

impl FaultCode {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::InvalidInput,
        Self::NotSignedIn,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::ConfirmationNeeded,
        Self::TooMany,
        Self::StorageFull,
        Self::Unavailable,
        Self::TimedOut,
        Self::Internal,
    ];
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldProblem {
    /// Path in the input, such as `disk.root_mib`.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl FieldProblem {
    #[must_use]
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// A failed action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    pub code: FaultCode,
    /// What was attempted, such as "install server r1".
    pub attempted: String,
    /// Why it failed.
    pub reason: String,
    /// What to do.
    pub advice: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

impl Fault {
    #[must_use]
    pub fn new(
        code: FaultCode,
        attempted: impl Into<String>,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            code,
            attempted: attempted.into(),
            reason: reason.into(),
            advice: advice.into(),
            fields: Vec::new(),
        }
    }

    /// A fault that names wrong fields.
    #[must_use]
    pub fn invalid(attempted: impl Into<String>, fields: Vec<FieldProblem>) -> Self {
        let reason = match fields.as_slice() {
            [only] => format!("{}: {}", only.field, only.problem),
            many => format!("{} fields are wrong", many.len()),
        };
        Self {
            fields,
            ..Self::new(FaultCode::InvalidInput, attempted, reason, "Correct the named fields and try again.")
        }
    }

    /// Whether trying again may help: a Control Center that restarts, a line that is down, a server with its hands full.
    #[must_use]
    pub fn mends_itself(&self) -> bool {
        matches!(self.code, FaultCode::Unavailable | FaultCode::TimedOut)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.attempted, self.reason)?;
        if self.fields.len() > 1 {
            for field in &self.fields {
                write!(f, "\n  {}: {}", field.field, field.problem)?;
            }
        }
        if self.advice.is_empty() { Ok(()) } else { write!(f, "\n{}", self.advice) }
    }
}

impl std::error::Error for Fault {}
