//! The counters of everything that serves, under dotted names such as `dhcp.malformed`.

use std::sync::{Arc, OnceLock};

use rackwright_domain::ports::Counters;
use serde::Serialize;

use crate::agents::AgentCounters;

/// Counters of netboot, once it runs, and of the agent port.
#[derive(Default)]
pub struct AllCounters {
    netboot: OnceLock<Arc<rackwright_netboot::Counters>>,
    agents: Arc<AgentCounters>,
}

impl AllCounters {
    #[must_use]
    pub fn new(agents: Arc<AgentCounters>) -> Self {
        Self { netboot: OnceLock::new(), agents }
    }

    /// Takes in the counters of the netboot servers; only the first call counts.
    pub fn netboot_runs(&self, counters: Arc<rackwright_netboot::Counters>) {
        // They are started once per process.
        drop(self.netboot.set(counters));
    }
}

impl Counters for AllCounters {
    fn snapshot(&self) -> Vec<(String, u64)> {
        let mut all = self.netboot.get().map(|counters| dotted(&counters.snapshot())).unwrap_or_default();
        all.extend(dotted(&self.agents.snapshot()));
        all
    }
}

/// The fields of a flat record of numbers: `dhcp_silent_plan` becomes `dhcp.silent_plan`.
fn dotted(record: &impl Serialize) -> Vec<(String, u64)> {
    let fields =
        serde_json::to_value(record).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default();
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.replacen('_', ".", 1), value.as_u64()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dotted_after_the_service() {
        let counters = AllCounters::default();
        counters.netboot_runs(Arc::default());
        let names: Vec<String> = counters.snapshot().into_iter().map(|(name, _)| name).collect();
        for name in ["dhcp.silent_plan", "tftp.malformed", "http.requests", "agents.malformed"] {
            assert!(names.iter().any(|known| known == name), "{name} in {names:?}");
        }
    }
}
