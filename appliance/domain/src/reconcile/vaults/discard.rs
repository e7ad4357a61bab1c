//! Snapshots on their way out. Of work that was not done, an agent may have made something all the same: each is discarded
//! by a job of its own, again and again, until its agent says that it is gone.

use std::collections::HashMap;
use std::time::Duration;

use rackwright_model::{Millis, PrivateServerId, ServerId, SnapshotId};
use rackwright_store::Connection;
use rackwright_store::job::job_running;
use rackwright_store::private_server::{
    PrivateServer, Snapshot, SnapshotStage, private_server_get, snapshot_get, snapshot_removing,
};
use tokio::time::{MissedTickBehavior, interval};

use crate::private_server::vault::{Task, Work, begin, free};
use crate::refusal::chain;
use crate::{Domain, Refusal};

const TICK: Duration = Duration::from_secs(5);
/// One that was not discarded is tried again after so long.
const AGAIN_MS: i64 = 600_000;
/// Whoever started it, in the list of jobs.
const CLEANING: &str = "cleaning";

pub(super) async fn run(domain: &Domain) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut discarder = Discarder::default();
    loop {
        ticks.tick().await;
        if let Err(error) = discarder.tick(domain).await {
            tracing::warn!("snapshots on their way out could not be read: {}", chain(&error));
        }
    }
}

/// Remembers when each was last being discarded.
#[derive(Default)]
pub struct Discarder(HashMap<SnapshotId, Millis>);

impl Discarder {
    /// Begin to discard those whose server is there and on whose private server nobody is at work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tick(&mut self, domain: &Domain) -> Result<(), Refusal> {
        let now = domain.now();
        let (all, running) = domain.read(|tx| Ok((snapshot_removing(tx)?, job_running(tx)?))).await?;
        let works: Vec<Work> = running.iter().filter_map(Task::of).map(|task| task.work).collect();
        self.0.retain(|id, at| now.since(*at) < AGAIN_MS && all.iter().any(|one| one.id == *id));
        let connected = domain.presence.connected_servers();
        for Snapshot { id, private_server: of, .. } in all {
            let under_way =
                works.iter().any(|work| matches!(work, Work::Discard { snapshot, .. } if *snapshot == id));
            let rests = self.0.contains_key(&id);
            if under_way || !rests && domain.discard(id, of, &connected, now).await? {
                self.0.insert(id, now);
            }
        }
        Ok(())
    }
}

impl Domain {
    /// Whether a job to discard it began.
    async fn discard(
        &self,
        snapshot: SnapshotId,
        of: PrivateServerId,
        connected: &[ServerId],
        at: Millis,
    ) -> Result<bool, Refusal> {
        let (connected, seen) = (connected.to_vec(), connected.to_vec());
        // Most wait for their server: nothing is written for them.
        if self.read(move |tx| ready(tx, snapshot, of, &seen)).await?.is_none() {
            return Ok(false);
        }
        let begun = self
            .write(move |tx| {
                let Some((row, title)) = ready(tx, snapshot, of, &connected)? else { return Ok(false) };
                let work = Work::Discard { snapshot, left_over: true };
                begin(tx, &row, &Task { private_server: of, vault: None, work }, title, CLEANING, at)?;
                Ok(true)
            })
            .await?;
        if begun {
            self.changed.notify_waiters();
        }
        Ok(begun)
    }
}

/// Its private server and the title of the job, when it can be discarded now.
fn ready(
    tx: &Connection,
    snapshot: SnapshotId,
    of: PrivateServerId,
    connected: &[ServerId],
) -> Result<Option<(PrivateServer, String)>, Refusal> {
    let Some(row) = private_server_get(tx, of)?.filter(|row| connected.contains(&row.wanted.server)) else {
        return Ok(None);
    };
    if snapshot_get(tx, of, snapshot)?.is_none_or(|one| one.stage != SnapshotStage::Removing) {
        return Ok(None);
    }
    let title = format!("remove what is left of snapshot {snapshot} of {}", row.wanted.name);
    match free(tx, &row, &title) {
        Ok(()) => Ok(Some((row, title))),
        Err(Refusal::Fault(_)) => Ok(None),
        Err(refusal @ Refusal::Store(_)) => Err(refusal),
    }
}
