//! The Control Center itself.

use std::collections::BTreeMap;

use rackwright_model::Millis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Nothing, action};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SystemView {
    pub version: String,
    pub started_at: Millis,
    pub now: Millis,
    /// Set when the data disk is full: changes are refused until there is room.
    pub storage_problem: Option<String>,
    pub data_bytes: u64,
    pub data_free_bytes: u64,
    pub agents_connected: u32,
    /// What is not set up yet, without which no server can be installed, and what does not work.
    pub warnings: Vec<Warning>,
    /// Messages that were dropped, files sent and the like, since the start.
    pub counters: BTreeMap<String, u64>,
}

/// Something that is missing or does not work, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What is wrong and what that keeps from happening, in a sentence.
    #[schemars(extend("x-sentence" = true))]
    pub problem: String,
    #[schemars(extend("x-sentence" = true))]
    pub advice: String,
    /// The action that mends it, if one does.
    pub action: Option<String>,
}

action! {
    SystemStatus, "system.status", "Status", "Show the health of the Control Center.", Inspect, Read,
    Nothing => SystemView;
    Nothing {};
    SystemView {
        version: "0.1.0".into(),
        started_at: Millis(1_764_000_000_000),
        now: Millis(1_764_000_600_000),
        storage_problem: None,
        data_bytes: 480 << 30,
        data_free_bytes: 400 << 30,
        agents_connected: 2,
        warnings: vec![Warning {
            problem: "There is no image: no server can be installed.".into(),
            advice: "Build one with: rackwright image build debian-12 --recipe debian-12".into(),
            action: Some("image.build".into()),
        }],
        counters: BTreeMap::from([("dhcp.malformed".into(), 0)]),
    }
}
