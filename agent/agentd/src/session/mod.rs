//! The one connection to the Control Center: TLS over TCP, frames both ways, every wait limited.

pub mod backoff;
pub mod frames;
pub mod link;
pub mod tls;
pub mod verify;

#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use link::{Event, Link, LinkError};
pub use rackwright_privsrv::explain;
