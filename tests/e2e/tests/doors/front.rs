//! The listener that people meet, and what strangers send it.

mod bounds;
mod foreign;
mod hosts;
mod listener;
mod requests;
mod sessions;
mod slow;

pub use listener::Listener;
