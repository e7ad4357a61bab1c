//! Turning a machine into the server that an order describes. One file per step; nothing on the disk changes before
//! [`check`] has passed, and a failure after that leaves no system that could boot.

mod agent;
mod bootloader;
mod check;
mod configure;
mod engine;
mod fault;
mod format;
pub mod image;
mod mount;
mod partition;
mod site;
mod strays;
mod wipe;

#[cfg(test)]
mod tests;

pub use engine::{Engine, Installer};
pub use fault::Fault;
pub use site::{Places, Report};
