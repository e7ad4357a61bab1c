//! The daemon of the Control Center: its configuration, the world behind the domain's ports, and the servers that
//! people and machines reach it by. [`daemon::Daemon`] runs inside any tokio runtime, so tests start it in their process.

pub mod adapters;
pub mod agents;
pub mod authority;
pub mod backups;
mod boot_files;
pub mod config;
pub mod daemon;
mod data;
mod files;
pub mod front;
pub mod named_files;
pub mod notify;
mod plan;
mod sockets;
pub mod transport;

pub use data::DataError;
pub use sockets::SocketError;
