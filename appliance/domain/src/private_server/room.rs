//! `private-server room`.

use rackwright_catalog::actions::private_server::{PrivateServerRoom, ServerRoom, ServerShare};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::Room;
use rackwright_store::private_server::{PrivateServer, private_server_coming, private_server_on};

use super::placement::{Host, here, hosts, promised};
use crate::caller::Actor;
use crate::{Caller, Domain};

impl Handle<PrivateServerRoom, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Page<ServerRoom>, Fault> {
        let actor = caller.actor.clone();
        let rows = self
            .look("show the room for private servers", move |tx| {
                let mut rows = Vec::new();
                for host in hosts(tx, &actor.scope)? {
                    let mut standing = private_server_on(tx, host.server.id)?;
                    standing.extend(private_server_coming(tx, host.server.id)?);
                    rows.push(row(host, standing, &actor));
                }
                Ok(rows)
            })
            .await?;
        Ok(Page::whole(rows))
    }
}

/// What was promised to others' private servers counts, but they are not named.
fn row(host: Host, standing: Vec<PrivateServer>, actor: &Actor) -> ServerRoom {
    let reason = host.obstacle().map(|reason| format!("{reason}."));
    let mut promised = promised(
        standing
            .iter()
            .map(|row| here(&row.wanted.size, row.wanted.nas.is_some()))
            .collect::<Vec<_>>()
            .iter(),
    );
    promised.disk_mib += host.snapshots_mib;
    let whole = host.room.map(|room| room.whole);
    let own = standing.into_iter().filter(|row| actor.scope.covers(&row.account_path));
    ServerRoom {
        name: host.server.name,
        reason,
        free: whole.map(|whole| rest(&whole, &promised)),
        whole,
        promised,
        shares: own
            .map(|row| ServerShare {
                size: here(&row.wanted.size, row.wanted.nas.is_some()),
                name: row.wanted.name,
            })
            .collect(),
    }
}

fn rest(whole: &Room, promised: &Room) -> Room {
    Room {
        cpu_permille: whole.cpu_permille.saturating_sub(promised.cpu_permille),
        memory_mib: whole.memory_mib.saturating_sub(promised.memory_mib),
        disk_mib: whole.disk_mib.saturating_sub(promised.disk_mib),
        bandwidth_kbit: whole.bandwidth_kbit.saturating_sub(promised.bandwidth_kbit),
    }
}
