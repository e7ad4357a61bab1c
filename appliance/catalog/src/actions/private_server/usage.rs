//! What a private server used over time: what bills are made of.

use rackwright_model::sample::Range;
use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, sample_name};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerUsageInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// How far back; a day when it is left out.
    pub range: Option<Range>,
}

/// What was used in one span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsageSpan {
    /// When the span began.
    pub at: Millis,
    /// How much of it was measured, in milliseconds.
    pub span_ms: u64,
    /// Time on processors, in milliseconds.
    pub cpu_ms: u64,
    /// Mean of memory in use, in bytes.
    pub memory_bytes: u64,
    /// Disk in use at the end, in bytes.
    pub disk_bytes: u64,
    pub in_bytes: u64,
    pub out_bytes: u64,
}

/// Spans of one length, oldest first, and their sums. Spans in which it did not run are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsageSeries {
    pub private_server: Name,
    /// Length of a span in seconds.
    pub span_s: i64,
    pub items: Vec<UsageSpan>,
    /// Over the whole range, in milliseconds of processor time.
    pub cpu_ms: u64,
    /// Memory over time, in MiB-hours.
    pub memory_mib_hours: u64,
    pub in_bytes: u64,
    pub out_bytes: u64,
}

impl UsageSpan {
    pub(crate) fn sample() -> Self {
        Self {
            at: Millis(1_764_000_000_000),
            span_ms: 300_000,
            cpu_ms: 4_210,
            memory_bytes: 96 << 20,
            disk_bytes: 310 << 20,
            in_bytes: 1_204_881,
            out_bytes: 9_550_012,
        }
    }
}

action! {
    PrivateServerUsage, "private-server.usage", "Usage",
    "Show what a private server used over time: processor time, memory, disk and bytes in and out.", SeePrivate, Read,
    PrivateServerUsageInput => UsageSeries, main "private_server", columns ["at", "cpu_ms", "memory_bytes", "disk_bytes", "in_bytes", "out_bytes"];
    PrivateServerUsageInput { private_server: sample_name("web1"), range: Some(Range::Day) };
    UsageSeries {
        private_server: sample_name("web1"),
        span_s: 300,
        items: vec![UsageSpan::sample()],
        cpu_ms: 4_210,
        memory_mib_hours: 8,
        in_bytes: 1_204_881,
        out_bytes: 9_550_012,
    }
}
