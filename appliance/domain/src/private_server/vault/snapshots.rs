//! `private-server snapshot-create`, `-list`, `-restore`, `-remove`.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, OneSnapshot, PrivateServerSnapshotCreate, PrivateServerSnapshotList,
    PrivateServerSnapshotRemove, PrivateServerSnapshotRestore, SnapshotCreateInput, SnapshotState,
    SnapshotView,
};
use rackwright_catalog::actions::{JobStarted, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{JobId, Millis, Scope, SnapshotId};
use rackwright_store::Connection;
use rackwright_store::private_server::{
    PrivateServer, Snapshot, SnapshotStage, snapshot_get, snapshot_insert, snapshot_list, snapshot_stage,
};

use super::{Task, Work, begin, free};
use crate::private_server::{named, placement};
use crate::refusal::{confirmed, conflict, not_found_in};
use crate::{Caller, Domain, Refusal};

/// Of one private server.
const MOST: usize = 8;

impl Handle<PrivateServerSnapshotCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SnapshotCreateInput) -> Result<JobStarted, Fault> {
        let name = input.private_server;
        let attempted = format!("take a snapshot of {name}");
        let (phrase, scope, at) = (attempted.clone(), caller.scope(), self.now());
        let (started_by, of) = (caller.actor.name.clone(), name.clone());
        let job = self
            .change(caller, &attempted, move |tx| {
                let row = named(tx, &scope, &of, &phrase)?;
                free(tx, &row, &phrase)?;
                let note = input.note.as_deref().unwrap_or_default().trim();
                let snapshot = reserve(tx, &scope, &row, note, at, &phrase)?;
                let task = Task { private_server: row.id, vault: None, work: Work::Snapshot { snapshot } };
                begin(tx, &row, &task, format!("take a snapshot of {of}"), &started_by, at)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(JobStarted { job, message: format!("A snapshot of {name} is being taken: job {job}.") })
    }
}

/// Room for a snapshot, as much as it can come to.
pub(super) fn reserve(
    tx: &Connection,
    scope: &Scope,
    row: &PrivateServer,
    note: &str,
    at: Millis,
    attempted: &str,
) -> Result<SnapshotId, Refusal> {
    let known = snapshot_list(tx, row.id)?.len();
    if known >= MOST {
        let reason = format!("it has {known} snapshots, and {MOST} are the most");
        let advice = format!(
            "Remove one with: rackwright private-server snapshot-remove {} --snapshot N",
            row.wanted.name
        );
        return Err(conflict(attempted, reason, advice).into());
    }
    let mib = u64::from(row.wanted.size.disk_mib);
    placement::admit_disk(tx, scope, row, attempted)?;
    Ok(snapshot_insert(tx, row.id, note, mib, &row.wanted.template, at)?)
}

fn one(tx: &Connection, row: &PrivateServer, id: SnapshotId, attempted: &str) -> Result<Snapshot, Refusal> {
    let known = snapshot_get(tx, row.id, id)?;
    let snapshot = known.ok_or_else(|| {
        let advice = format!("List them with: rackwright private-server snapshot-list {}", row.wanted.name);
        not_found_in(attempted, "snapshot", &id, advice)
    })?;
    if snapshot.stage == SnapshotStage::Kept {
        return Ok(snapshot);
    }
    let advice = format!("See its state with: rackwright private-server snapshot-list {}", row.wanted.name);
    Err(conflict(attempted, "it is being made or removed", advice).into())
}

impl Handle<PrivateServerSnapshotList, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<Page<SnapshotView>, Fault> {
        let attempted = format!("list the snapshots of {name}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        let rows = self
            .look(&attempted, move |tx| {
                let row = named(tx, &scope, &name, &phrase)?;
                Ok(snapshot_list(tx, row.id)?)
            })
            .await?;
        Ok(Page::whole(rows.into_iter().map(view).collect()))
    }
}

fn view(row: Snapshot) -> SnapshotView {
    let state = match row.stage {
        SnapshotStage::Making => SnapshotState::Making,
        SnapshotStage::Kept => SnapshotState::Kept,
        SnapshotStage::Removing => SnapshotState::Removing,
    };
    SnapshotView { id: row.id, at: row.at, state, note: row.note, mib: row.mib }
}

impl Domain {
    /// Begins work on a private server with one of its snapshots, which has to be confirmed: `loss` is what that costs.
    async fn with_snapshot(
        &self,
        caller: &Caller,
        input: OneSnapshot,
        attempted: &str,
        loss: &'static str,
        work: impl FnOnce(&Connection, &PrivateServer, &str) -> Result<Work, Refusal> + Send + 'static,
    ) -> Result<JobId, Fault> {
        let OneSnapshot { private_server: name, snapshot, confirm } = input;
        let (phrase, scope, at) = (attempted.to_owned(), caller.scope(), self.now());
        let started_by = caller.actor.name.clone();
        let job = self
            .change(caller, attempted, move |tx| {
                let row = named(tx, &scope, &name, &phrase)?;
                free(tx, &row, &phrase)?;
                one(tx, &row, snapshot, &phrase)?;
                confirmed(&phrase, loss, "confirm", &row.wanted.name, confirm.as_ref())?;
                let work = work(tx, &row, &phrase)?;
                let task = Task { private_server: row.id, vault: None, work };
                begin(tx, &row, &task, phrase.clone(), &started_by, at)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(job)
    }
}

impl Handle<PrivateServerSnapshotRestore, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneSnapshot) -> Result<JobStarted, Fault> {
        let (name, snapshot, at) = (input.private_server.clone(), input.snapshot, self.now());
        let attempted = format!("restore snapshot {snapshot} of {name}");
        let loss = "it would stand still meanwhile, and its files of now would become a snapshot";
        let scope = caller.scope();
        let work = move |tx: &Connection, row: &PrivateServer, phrase: &str| {
            let keep = reserve(tx, &scope, row, &format!("before snapshot {snapshot}"), at, phrase)?;
            Ok(Work::Restore { snapshot, keep })
        };
        let job = self.with_snapshot(caller, input, &attempted, loss, work).await?;
        let message = format!("Snapshot {snapshot} of {name} is being restored: job {job}.");
        Ok(JobStarted { job, message })
    }
}

impl Handle<PrivateServerSnapshotRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneSnapshot) -> Result<JobStarted, Fault> {
        let (name, snapshot) = (input.private_server.clone(), input.snapshot);
        let attempted = format!("remove snapshot {snapshot} of {name}");
        let loss = "what only this snapshot has would be lost";
        let work = move |tx: &Connection, _: &PrivateServer, _: &str| {
            snapshot_stage(tx, snapshot, SnapshotStage::Removing)?;
            Ok(Work::Discard { snapshot, left_over: false })
        };
        let job = self.with_snapshot(caller, input, &attempted, loss, work).await?;
        Ok(JobStarted { job, message: format!("Snapshot {snapshot} of {name} is being removed: job {job}.") })
    }
}
