//! It is off: its private servers belong to others from now on, the most urgent first, each where its guarantees can be kept.

use rackwright_catalog::event::PRIVATE_SERVER_STARTED_ELSEWHERE;
use rackwright_model::private_server::{FailoverStage, Power, Wanted};
use rackwright_model::{Millis, Name, PrivateServerId, Scope, ServerId};
use rackwright_store::Connection;
use rackwright_store::failover::failover_get;
use rackwright_store::private_server::{
    PrivateServer, private_server_away_delete, private_server_away_put, private_server_get,
    private_server_move_of, private_server_place,
};
use rackwright_store::server::Server;

use super::Dead;
use crate::private_server::happenings;
use crate::private_server::moving::is_near;
use crate::private_server::placement::{Need, place};
use crate::private_server::standing::listed;
use crate::private_server::{Ground, wanted};
use crate::reconcile::moves::gone;
use crate::{Domain, Refusal, Site, server};

pub(super) async fn step(domain: &Domain, dead: &Dead) -> Result<(), Refusal> {
    if let Err(why) = still_off(domain, dead).await {
        let name = &dead.server.name;
        let reason = format!(
            "{name} was off, and now {why}. What has not started elsewhere waits until it answers, or is off again."
        );
        domain.hold_failover(dead, Some(reason)).await?;
        return Ok(());
    }
    let mut without_room: Vec<Name> = Vec::new();
    for row in &dead.waiting {
        if domain.is_on_its_way(row).await? {
            domain.abandon_move(row.id, "its server is dead").await?;
        }
        match domain.restart_elsewhere(dead, row.id).await? {
            Some(row) => {
                let said = format!("{} starts on another server, because its own is dead.", row.wanted.name);
                domain.events.private_server(domain.now(), &row, said);
                domain.tell_private_server(&row).await;
            }
            None => without_room.push(row.wanted.name.clone()),
        }
    }
    let reason = (!without_room.is_empty())
        .then(|| format!("There is no room elsewhere for: {}.", listed(&without_room)));
    domain.hold_failover(dead, reason).await?;
    Ok(())
}

/// That nobody has powered it on since: it would take minutes to say so itself.
async fn still_off(domain: &Domain, dead: &Dead) -> Result<(), String> {
    if dead.row.fenced_by.is_some() {
        return Ok(());
    }
    let access = server::bmc::access(domain, &dead.server, "read the power state of a dead server")
        .map_err(|fault| fault.reason)?;
    match domain.ports.bmc.is_on(&access).await {
        Ok(false) => Ok(()),
        Ok(true) => Err("it is on".to_owned()),
        Err(error) => Err(format!("its BMC does not say whether it is: {error}")),
    }
}

impl Domain {
    async fn is_on_its_way(&self, row: &PrivateServer) -> Result<bool, Refusal> {
        let id = row.id;
        self.read(move |tx| Ok(private_server_move_of(tx, id)?.is_some())).await
    }

    /// From now on it belongs to another server, which starts it if it was on. None when there is no room.
    async fn restart_elsewhere(
        &self,
        dead: &Dead,
        id: PrivateServerId,
    ) -> Result<Option<PrivateServer>, Refusal> {
        let (site, from, here) = (self.site.clone(), dead.server.clone(), self.presence.connected_servers());
        let at = self.now();
        self.write(move |tx| {
            let row = hand_over(tx, &site, &from, &here, id)?;
            if let Some(row) = &row {
                tell(tx, at, row)?;
            }
            Ok(row)
        })
        .await
    }
}

/// Of one that is off only its server changes.
fn tell(tx: &Connection, at: Millis, row: &PrivateServer) -> Result<(), Refusal> {
    if row.wanted.power == Power::Off || row.wanted.suspended || row.wanted.removing {
        return Ok(());
    }
    let reason = "Its server is dead, and its disk is on a NAS.";
    happenings::tell(tx, at, PRIVATE_SERVER_STARTED_ELSEWHERE, row, Some(reason))
}

fn hand_over(
    tx: &Connection,
    site: &Site,
    from: &Server,
    here: &[ServerId],
    id: PrivateServerId,
) -> Result<Option<PrivateServer>, Refusal> {
    let fenced = failover_get(tx, from.id)?.is_some_and(|row| row.stage == FailoverStage::Restarting);
    let row = private_server_get(tx, id)?.filter(|row| row.wanted.server == from.id && row.moving.is_none());
    let Some(row) = row.filter(|_| fenced && !here.contains(&from.id)) else { return Ok(None) };
    let ground = Ground::read(tx)?;
    let may = |server: &Server| {
        server.id != from.id
            && server.account == from.account
            && here.contains(&server.id)
            && is_near(&ground.networks, &row, server)
    };
    let need = Need::of(tx, &row)?;
    let to = match place(tx, &Scope::everything(), None, &may, &need, "restart a private server") {
        Ok(to) => to,
        Err(Refusal::Fault(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    private_server_place(tx, id, to.id)?;
    private_server_away_delete(tx, to.id, row.wanted.number)?;
    let Some(row) = private_server_get(tx, id)? else { return Ok(None) };
    // The dead one is told when it comes back.
    let left: Wanted = gone(wanted(site, row.clone(), &ground));
    private_server_away_put(tx, from.id, &left)?;
    Ok(Some(row))
}
