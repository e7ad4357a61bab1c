//! The virtual rack: real network boot, real IPMI, real operating systems, on machines that QEMU makes.
//!
//! `cargo rack` is this package's program. Its library serves the end-to-end tests: [`hardware::Rack`] gives them
//! blank machines, [`live::LiveRack`] machines with a Control Center.

pub mod center;
pub mod commands;
pub mod follow;
pub mod hardware;
pub mod interrupt;
pub mod live;
pub mod prepare;
pub mod private_servers;
pub mod progress;
pub mod setup;
pub mod ssh;
pub mod workspace;
