//! Operating system images, the provisioning environment, and what an install profile means for a machine.

pub mod builder;
mod command;
mod debian;
mod flavour;
mod manifest;
pub mod profile;
mod progress;
pub mod provision;
pub mod repository;
mod work_dir;

pub use command::CommandError;
pub use debian::{BootstrapError, SourcesError};
pub use flavour::Flavour;
pub use manifest::Manifest;
pub use progress::{Cancelled, Progress, Watch};
