//! The Control Center under test: `rackwrightd` in a rack, driven only as a user would, through `rackwright`.

mod command;
mod config;
mod daemon;

pub use command::Rackwright;
pub use daemon::{ControlCenter, Place};
