//! What a machine starts now. After an install it boots its disk: network boot is disarmed here, on the server side.

use rackwright_catalog::event::SERVER_DISCOVERED;
use rackwright_model::{
    AccountId, BootRecord, InstallPhase, MacAddr, Millis, Name, Scope, ServerEvent, ServerState,
};
use rackwright_store::Connection;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::install::install_active_on;
use rackwright_store::server::{
    Server, server_get, server_insert, server_named, server_of_mac, server_set_boot,
};
use serde_json::json;

use super::{Choice, Silent};
use crate::publish::happened;
use crate::secret::fingerprint;
use crate::{Domain, Refusal};

impl Domain {
    /// What the machine starts; an unknown one becomes a server.
    ///
    /// # Errors
    /// [`Silent`] when the database fails.
    pub async fn boot_choice(&self, mac: MacAddr) -> Result<Choice, Silent> {
        let at = self.now();
        let pending = self.boots.with(|inner| inner.unknown.remove(&mac)).unwrap_or_default();
        let nonce = self.boot_nonce();
        let given = nonce.clone();
        let (server, provision, new) = self.write(move |tx| choose(tx, mac, &pending, &given, at)).await?;
        if new {
            let name = &server.name;
            self.events.server(
                at,
                name,
                "state",
                format!("{name} ({mac}) netbooted for the first time and is discovered."),
            );
        }
        Ok(if provision { Choice::Provision { nonce } } else { Choice::Disk })
    }

    /// Tells one boot of the provisioning environment from the next; no secret.
    fn boot_nonce(&self) -> String {
        let mut bytes = [0; 8];
        self.ports.chance.fill(&mut bytes);
        hex::encode(bytes)
    }
}

fn choose(
    tx: &Connection,
    mac: MacAddr,
    pending: &[BootRecord],
    nonce: &str,
    at: Millis,
) -> Result<(Server, bool, bool), Refusal> {
    let (server, new) = match server_of_mac(tx, mac)? {
        Some(server) if server.state == ServerState::Retired => {
            crate::server::step(tx, &server, ServerEvent::Return, None, "take a machine back")?;
            (server_get(tx, server.id)?.unwrap_or(server), true)
        }
        Some(server) => (server, false),
        None => (discover(tx, mac, at)?, true),
    };
    for record in pending {
        boot_record_put(tx, server.id, record)?;
    }
    let provision = match server.state {
        ServerState::Online | ServerState::Unreachable | ServerState::Retired => false,
        ServerState::Discovered
        | ServerState::Ready
        | ServerState::Failed
        | ServerState::Rescuing
        | ServerState::Wiping => true,
        ServerState::Installing => {
            install_active_on(tx, server.id)?.is_none_or(|install| install.phase != InstallPhase::Restarting)
        }
    };
    if provision {
        // Only this boot may open the machine's session.
        server_set_boot(tx, server.id, nonce)?;
    }
    Ok((server, provision, new))
}

/// A machine that nobody announced becomes a server, named after its address.
fn discover(tx: &Connection, mac: MacAddr, at: Millis) -> Result<Server, Refusal> {
    let tail = mac.to_string().replace(':', "");
    let plain = format!("srv-{}", &tail[6..]);
    let full = format!("srv-{tail}");
    let unique = format!("srv-{tail}-{}", &fingerprint(&at.0.to_string())[..6]);
    for text in [plain, full, unique] {
        let name: Name = text.parse().expect("hexadecimal digits and hyphens are a name");
        if server_named(tx, &Scope::everything(), &name)?.is_none() {
            let id = server_insert(tx, &name, false, &[mac], at)?;
            let object = json!({"server": name, "mac": mac});
            happened(tx, at, SERVER_DISCOVERED, AccountId::PROVIDER, object, None)?;
            return server_get(tx, id)?
                .ok_or_else(|| crate::refusal::not_found("discover a machine", "server", &name).into());
        }
    }
    Err(crate::refusal::conflict(
        "discover a machine",
        format!("every name for {mac} is taken"),
        "Rename a server.",
    )
    .into())
}
