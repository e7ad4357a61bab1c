//! What a private server used: the ground of bills. Kept by its server until the Control Center has it.

use serde::{Deserialize, Serialize};

use super::Number;
use crate::Millis;

/// What one private server used in one span. Counters that went backwards (it was started anew in the span) count from zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSample {
    pub number: Number,
    /// When the span began: a multiple of five minutes. With the number it names the sample: one is never taken twice.
    pub at: Millis,
    /// How much of the span was measured, in milliseconds.
    pub span_ms: u32,
    /// Time on processors, in microseconds.
    pub cpu_us: u64,
    /// Mean of memory in use, in bytes.
    pub memory_bytes: u64,
    /// Disk in use at the end, in bytes.
    pub disk_bytes: u64,
    /// Bytes that came in and went out.
    pub in_bytes: u64,
    pub out_bytes: u64,
}

/// Samples on their way. Sent again until it is answered with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBatch {
    pub batch: u64,
    /// At most 500.
    pub samples: Vec<UsageSample>,
}
