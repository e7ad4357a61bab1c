//! Shutting a private server down: that takes as long as its system likes, and nobody else waits for it.

use std::time::{Duration, Instant};

use rackwright_model::private_server::Number;

use crate::explain;
use crate::runtime;

/// Until a private server that was asked to stop is killed.
const STOPS: Duration = Duration::from_secs(45);

/// Whether it was asked to shut down, and until when it may.
#[derive(Debug, Default)]
pub struct Halt(Option<Instant>);

impl Halt {
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    /// Asks it to shut down, once. True when it has, does not run, or has had its time.
    ///
    /// # Errors
    /// A sentence when it cannot be asked.
    pub fn is_over(&mut self, number: Number, now: Instant) -> Result<bool, String> {
        if let Some(until) = self.0 {
            return Ok(now >= until || !runtime::is_populated(number));
        }
        let asked = runtime::halt(number).map_err(|why| explain(&why))?;
        self.0 = asked.then(|| now + STOPS);
        Ok(!asked)
    }
}
