//! What a server reported over time.

use rackwright_model::sample::{Range, Sample};
use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::actions::{action, sample_name};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerSamplesInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// How far back; an hour when it is not given.
    pub range: Option<Range>,
}

/// Means over spans of one length, oldest first. Spans without a heartbeat are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SampleSeries {
    pub range: Range,
    /// Length of a span, in seconds.
    pub span_s: i64,
    /// When the range begins and ends; it ends now.
    pub from: Millis,
    pub until: Millis,
    pub items: Vec<Sample>,
}

action! {
    ServerSamples, "server.samples", "Samples",
    "Show processor, memory, disks and network of a server over an hour, a day, a week or a month.", Look, Read,
    ServerSamplesInput => SampleSeries, main "server",
    columns [
        "at", "cpu_permille", "memory_used_bytes", "memory_bytes", "disk_used_bytes", "disk_bytes", "net_in_bytes_per_s",
        "net_out_bytes_per_s"
    ];
    ServerSamplesInput { server: sample_name("r1-u07"), range: Some(Range::Hour) };
    sample_series()
}

fn sample_series() -> SampleSeries {
    let from = Millis(1_764_000_000_000);
    let item = |span: i64| Sample {
        at: from.plus(span * 15_000),
        cpu_permille: Some(120 + span * 7),
        memory_bytes: 1_014_000 << 10,
        memory_used_bytes: 134_000 << 10,
        disk_bytes: 3 << 30,
        disk_used_bytes: 1 << 30,
        net_in_bytes_per_s: Some(18_200),
        net_out_bytes_per_s: Some(4_100 + span),
    };
    SampleSeries {
        range: Range::Hour,
        span_s: 15,
        from,
        until: from.plus(3_600_000),
        items: (0..2).map(item).collect(),
    }
}
