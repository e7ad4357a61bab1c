//! The inventory of a machine, and what discovery makes of it.

use std::net::Ipv4Addr;

use rackwright_model::network::DiscoveryPolicy;
use rackwright_model::{BootRecord, BootStage, Inventory, Millis, ServerEvent, ServerId, ServerState};
use rackwright_proto::ToMachine;
use rackwright_store::Connection;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::server::{Server, server_get, server_set_inventory};

use crate::caller::{Actor, Caller, Origin};
use crate::refusal::{conflict, not_found};
use crate::{Domain, Refusal, publish};

impl Domain {
    pub(super) async fn report_inventory(
        &self,
        peer: Ipv4Addr,
        boot: &str,
        inventory: Inventory,
    ) -> Result<Option<ToMachine>, Refusal> {
        let Some(id) = self.boots.environment_server(boot) else {
            let reason = format!("no session of boot {boot} from {peer} is open");
            return Err(conflict("take an inventory", reason, "Open the session again.").into());
        };
        let at = self.now();
        let resuming = self.boots.environment_of(id).is_some_and(|session| session.resuming.is_some());
        let (server, began) = self.write(move |tx| note(tx, id, &inventory, resuming, at)).await?;
        self.boots.environment_inventoried(id);
        self.events.server(at, &server.name, "state", format!("{}: the inventory is in.", server.name));
        if began {
            self.events.server(
                at,
                &server.name,
                "job",
                format!("Installing {} began, by the discovery policy.", server.name),
            );
        }
        self.changed.notify_waiters();
        Ok(Some(ToMachine::Wait))
    }
}

/// Note the inventory and apply the discovery policy. Whether an install began.
fn note(
    tx: &Connection,
    id: ServerId,
    inventory: &Inventory,
    resuming: bool,
    at: Millis,
) -> Result<(Server, bool), Refusal> {
    server_set_inventory(tx, id, inventory, at)?;
    let detail = format!(
        "{} threads, {} MiB memory, {} disks, {} network cards",
        inventory.cpu.threads,
        inventory.memory_bytes >> 20,
        inventory.disks.len(),
        inventory.nics.len()
    );
    boot_record_put(tx, id, &BootRecord { stage: BootStage::Inventory, at, detail })?;
    let missing = || not_found("take an inventory", "server", &id);
    let server = server_get(tx, id)?.ok_or_else(missing)?;
    if resuming || !matches!(server.state, ServerState::Discovered | ServerState::Ready) {
        return Ok((server, false));
    }
    if server.approved && server.state == ServerState::Discovered {
        crate::server::step(tx, &server, ServerEvent::Accept, None, "take an inventory")?;
    }
    let DiscoveryPolicy::AutoInstall(profile) = crate::discovery::policy(tx)? else {
        return Ok((server_get(tx, id)?.ok_or_else(missing)?, false));
    };
    let server = server_get(tx, id)?.ok_or_else(missing)?;
    crate::server::begin(tx, &server, &profile, "discovery policy", at, "install by the discovery policy")?;
    let input = serde_json::json!({"server": server.name, "profile": profile}).to_string();
    let caller = Caller::new(Actor::system(), Origin::System, "server.install", input);
    publish::record(tx, at, &caller.draft("done"), Vec::new())?;
    Ok((server, true))
}
