//! `private-server move`: the target is asked for room, and the job begins; [`crate::reconcile`] carries it out.

use std::collections::BTreeSet;

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::private_server::{PrivateServerMove, PrivateServerMoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::{Intent, MoveStage, Phase, Wanted};
use rackwright_model::{JobId, Millis};
use rackwright_store::Connection;
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::network::{Network, network_list};
use rackwright_store::private_server::{
    MoveRow, PrivateServer, private_server_away_put, private_server_move_insert, private_server_move_of,
    snapshot_list,
};
use rackwright_store::server::{Server, server_get};

use super::Ground;
use super::placement::{self, Need, server_is_own};
use crate::caller::Actor;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal, Site, server};

impl Handle<PrivateServerMove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerMoveInput) -> Result<JobStarted, Fault> {
        let name = input.private_server.clone();
        let attempted = match &input.to {
            Some(to) => format!("move private server {name} to {to}"),
            None => format!("move private server {name}"),
        };
        let (phrase, scope, order) = (attempted.clone(), caller.scope(), self.order(caller));
        let (job, target, row) = self
            .change(caller, &attempted, move |tx| {
                let row = super::named(tx, &scope, &input.private_server, &phrase)?;
                let chosen =
                    input.to.as_ref().map(|to| server::named(tx, &scope, to, &phrase)).transpose()?;
                let (job, target) = order.begin(tx, &row, chosen, &phrase)?;
                Ok((job, target, row))
            })
            .await?;
        let message = format!("Moving {name} to {} is job {job}.", target.name);
        self.set_out(&[(job, target, row)]).await;
        Ok(JobStarted { job, message })
    }
}

/// Who moves something, and when.
pub(super) struct Order {
    actor: Actor,
    site: Site,
    at: Millis,
}

impl Domain {
    pub(super) fn order(&self, caller: &Caller) -> Order {
        Order { actor: caller.actor.clone(), site: self.site.clone(), at: self.now() }
    }

    /// The targets learn what is to come, each once.
    pub(super) async fn set_out(&self, moves: &[(JobId, Server, PrivateServer)]) {
        for target in moves.iter().map(|(_, target, _)| target.id).collect::<BTreeSet<_>>() {
            self.tell_away(target).await;
        }
        for (_, _, row) in moves {
            let said = format!("{} is being moved.", row.wanted.name);
            self.events.private_server(self.now(), row, said);
        }
        self.changed.notify_waiters();
    }
}

impl Order {
    /// Begin a move, to the chosen server or to the one with the most room.
    pub(super) fn begin(
        &self,
        tx: &Connection,
        row: &PrivateServer,
        chosen: Option<Server>,
        attempted: &str,
    ) -> Result<(JobId, Server), Refusal> {
        server_is_own(&self.actor.scope, row, attempted)?;
        movable(tx, row, attempted)?;
        let target = self.target(tx, row, chosen, attempted)?;
        let source = server_get(tx, row.wanted.server)?;
        let draft = JobDraft {
            kind: JobKind::Move,
            title: format!("move {} to {}", row.wanted.name, target.name),
            input: String::new(),
            server: Some(row.wanted.server),
            // It names servers, so it is the business of those who have them.
            account: source.map_or(target.account, |source| source.account),
            started_by: self.actor.name.clone(),
        };
        let job = job_insert(tx, &draft, self.at)?;
        let wanted = super::wanted::wanted(&self.site, row.clone(), &Ground::read(tx)?);
        // A disk on a NAS stays where it is: only the template comes.
        let intent = if row.wanted.nas.is_some() { Intent::Near } else { Intent::Off };
        private_server_away_put(tx, target.id, &Wanted { intent, origin: None, ..wanted })?;
        let moving = MoveRow {
            job,
            private_server: row.id,
            from: row.wanted.server,
            to: target.id,
            stage: MoveStage::Preparing,
            stage_since: self.at,
            stopped_at: None,
        };
        private_server_move_insert(tx, &moving)?;
        Ok((job, target))
    }

    fn target(
        &self,
        tx: &Connection,
        row: &PrivateServer,
        chosen: Option<Server>,
        attempted: &str,
    ) -> Result<Server, Refusal> {
        if chosen.as_ref().is_some_and(|target| target.id == row.wanted.server) {
            let reason = format!("it stands on {} already", row.server_name);
            return Err(conflict(attempted, reason, "Choose another server.").into());
        }
        let networks = network_list(tx)?;
        let near = |server: &Server| server.id != row.wanted.server && is_near(&networks, row, server);
        if let Some(target) = chosen.as_ref().filter(|target| !near(target)) {
            let reason = format!(
                "its address is not of a network that {} stands in, and it keeps its address",
                target.name
            );
            return Err(conflict(attempted, reason, "Choose a server in the same network.").into());
        }
        placement::place(tx, &self.actor.scope, chosen, &near, &Need::of(tx, row)?, attempted)
    }
}

/// Whether the network that a server stands in has the private server's address.
pub(crate) fn is_near(networks: &[Network], row: &PrivateServer, server: &Server) -> bool {
    let (Some(address), Some(there)) = (row.wanted.address, server.address) else {
        return row.wanted.address.is_none();
    };
    networks.iter().any(|network| {
        let cidr = network.subnet.cidr;
        cidr.contains(address) && cidr.contains(there)
    })
}

/// That it is whole where it is, and not on its way.
fn movable(tx: &Connection, row: &PrivateServer, attempted: &str) -> Result<(), Refusal> {
    if row.wanted.removing {
        return Err(conflict(attempted, "it is being removed", "Wait until it is gone.").into());
    }
    stays(tx, row, attempted)?;
    super::vault::idle(tx, row, attempted)?;
    let snapshots = snapshot_list(tx, row.id)?.len();
    if snapshots > 0 {
        let reason = match snapshots {
            1 => "it has a snapshot, which lies on its server and cannot go with it".to_owned(),
            _ => format!("it has {snapshots} snapshots, which lie on its server and cannot go with it"),
        };
        let name = &row.wanted.name;
        let advice = format!(
            "List them with: rackwright private-server snapshot-list {name}\nThen remove each with: \
             rackwright private-server snapshot-remove {name} --snapshot N; backups stay"
        );
        return Err(conflict(attempted, reason, advice).into());
    }
    match row.phase.filter(|_| row.is_current()) {
        Some(Phase::Running | Phase::Stopped) => Ok(()),
        Some(_) | None => {
            let reason = "its server has not carried out yet what was last wanted of it";
            let advice = "Wait until it runs or has stopped, then move it.";
            Err(conflict(attempted, reason, advice).into())
        }
    }
}

/// That it is not on its way to another server.
///
/// # Errors
/// The fault names the job.
pub(super) fn stays(tx: &Connection, row: &PrivateServer, attempted: &str) -> Result<(), Refusal> {
    let Some(moving) = private_server_move_of(tx, row.id)? else { return Ok(()) };
    let reason = format!("it is on its way to another server (job {})", moving.job);
    let advice =
        format!("Wait until it has arrived, or cancel that with: rackwright job cancel {}", moving.job);
    Err(conflict(attempted, reason, advice).into())
}
