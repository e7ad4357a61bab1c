//! The time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_domain::ports::Clock;
use rackwright_model::Millis;

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// 0 while the clock stands before 1970.
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}
