//! Memory, disks and load of an installed server.

use rackwright_catalog::actions::server::{LoadView, ServerDetail};
use rackwright_panel_kit::messages::tell;
use serde::Serialize;

/// A part of a whole, drawn as a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meter {
    pub label: String,
    pub used: u64,
    pub total: u64,
    pub permille: u32,
    /// The class that colours the bar: nearly full is bad.
    pub tone: &'static str,
    /// Memory counts in powers of 1,024, disks in powers of 1,000.
    pub binary: bool,
}

/// The last heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadCard {
    pub load: Option<LoadView>,
    pub meters: Vec<Meter>,
    /// Load averages over 1, 5 and 15 minutes.
    pub averages: String,
    pub up_ms: i64,
}

impl LoadCard {
    #[must_use]
    pub fn of(detail: &ServerDetail) -> Self {
        let Some(load) = detail.load.clone() else {
            return Self { load: None, meters: Vec::new(), averages: String::new(), up_ms: 0 };
        };
        let memory = load.memory_kb.saturating_mul(1_024);
        let free = load.memory_available_kb.saturating_mul(1_024);
        let mut meters = vec![meter(tell("load-memory"), memory.saturating_sub(free), memory, true)];
        meters.extend(load.disks.iter().map(|disk| {
            meter(disk.mount.clone(), disk.bytes.saturating_sub(disk.free_bytes), disk.bytes, false)
        }));
        let averages = load.load_centi.map(|centi| format!("{}.{:02}", centi / 100, centi % 100)).join("  ");
        let up_ms = i64::try_from(load.uptime_s.saturating_mul(1_000)).unwrap_or(i64::MAX);
        Self { meters, averages, up_ms, load: Some(load) }
    }
}

fn meter(label: String, used: u64, total: u64, binary: bool) -> Meter {
    let permille = u128::from(used) * 1_000 / u128::from(total.max(1));
    let permille = u32::try_from(permille).unwrap_or(1_000).min(1_000);
    let tone = match permille {
        900.. => "tone-bad",
        750.. => "tone-warn",
        _ => "tone-busy",
    };
    Meter { label, used, total, permille, tone, binary }
}
