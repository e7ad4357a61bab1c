//! Packages of the Debian archive, fetched with the apt settings of this machine. No mirror is named here.

pub(crate) mod bootstrap;
pub(crate) mod settings;
mod sources;

pub use bootstrap::BootstrapError;
pub use sources::{Sources, SourcesError};
