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

/// An error and what caused it, in one line.
#[must_use]
pub fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text.push_str(": ");
        text.push_str(&why.to_string());
        cause = why.source();
    }
    text
}
