//! When most fall silent at once it is rather the network or the Control Center that is cut off than they that are dead: then
//! nobody is powered off by itself.

use rackwright_catalog::actions::system::Warning;
use rackwright_catalog::event::FAILOVER_HELD;
use rackwright_model::private_server::{FailoverEvent, FailoverStage};
use rackwright_model::{AccountId, ServerId, ServerState};
use rackwright_store::Connection;
use rackwright_store::failover::{failover_end, failover_get};
use rackwright_store::private_server::private_server_nas_servers;
use rackwright_store::server::{Server, server_get};
use serde_json::json;

use crate::publish::happened;
use crate::{Domain, Refusal};

const ADVICE: &str = "Failover goes on by itself when more of them answer. If one is really dead, power it off with: rackwright server power NAME --order off; then say so with: rackwright server confirm-dead NAME --confirm NAME";

/// The servers on which private servers with disks on a NAS are to run, without those that are known to be off: they say
/// nothing of the network.
#[derive(Default)]
pub(super) struct Carriers {
    all: usize,
    /// Those that do not answer, with how far their failover is.
    pub silent: Vec<(Server, Option<FailoverStage>)>,
}

impl Carriers {
    pub(super) fn read(tx: &Connection) -> Result<Self, Refusal> {
        let mut carriers = Self::default();
        for id in private_server_nas_servers(tx)? {
            let stage = failover_get(tx, id)?.map(|row| row.stage);
            let server = server_get(tx, id)?.filter(|_| stage != Some(FailoverStage::Restarting));
            let Some(server) = server else { continue };
            carriers.all += 1;
            if server.state == ServerState::Unreachable {
                carriers.silent.push((server, stage));
            }
        }
        Ok(carriers)
    }

    /// Whether so many are silent that they are hardly all dead: more than one, and more than half.
    pub(super) fn are_cut_off(&self) -> bool {
        are_cut_off(self.silent.len(), self.all)
    }

    /// Why none of them is powered off now, if that is so.
    pub(super) fn problem(&self, agents: u32) -> Option<String> {
        if agents == 0 {
            let said = "No server is connected: rather the network is cut than all are dead, so none is powered off by itself.";
            return Some(said.to_owned());
        }
        self.are_cut_off().then(|| {
            format!(
                "{} of {} servers with private servers on a NAS do not answer: rather the network is cut than all are dead, so none is powered off by itself.",
                self.silent.len(),
                self.all
            )
        })
    }
}

/// Of one or two servers, one may be dead; of three, one; of four, two.
fn are_cut_off(silent: usize, all: usize) -> bool {
    silent > 1 && silent * 2 > all
}

impl Domain {
    /// Why no server is powered off by itself now and what a person can do; none when servers may be.
    pub(crate) fn failover_held(&self) -> Option<Warning> {
        let held = self.failover_held.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let action = Some("server.confirm-dead".to_owned());
        held.clone().map(|problem| Warning { problem, advice: ADVICE.to_owned(), action })
    }

    /// From now on failover is held for this reason, or no longer. It is said when that begins and when it ends.
    pub(super) async fn hold_failovers(&self, problem: Option<String>) -> Result<(), Refusal> {
        let (before, now) = (self.failover_held().is_some(), self.now());
        if let Some(said) = problem.clone().filter(|_| !before) {
            let reason = said.clone();
            let tell = move |tx: &Connection| {
                happened(tx, now, FAILOVER_HELD, AccountId::PROVIDER, json!({}), Some(&reason))
            };
            self.write(tell).await?;
            tracing::warn!("failover is held: {said}");
            self.events.system(now, &said);
        }
        if before && problem.is_none() {
            self.events.system(now, "Failover is not held any more.");
        }
        *self.failover_held.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = problem;
        Ok(())
    }

    /// Nothing was started elsewhere yet: it begins anew when it may.
    pub(super) async fn call_off_failover(&self, id: ServerId) -> Result<(), Refusal> {
        self.write(move |tx| {
            if failover_get(tx, id)?.is_some_and(|row| row.stage.apply(FailoverEvent::Held).is_ok()) {
                failover_end(tx, id)?;
            }
            Ok(())
        })
        .await?;
        self.fence_tries().remove(&id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::are_cut_off;

    #[test]
    fn more_than_one_and_more_than_half_are_too_many() {
        for (silent, all, expected) in [
            (0, 0, false),
            (1, 1, false),
            (1, 2, false),
            (2, 2, true),
            (1, 3, false),
            (2, 3, true),
            (2, 4, false),
            (3, 4, true),
            (25, 50, false),
            (49, 50, true),
        ] {
            assert_eq!(are_cut_off(silent, all), expected, "{silent} of {all}");
        }
    }
}
