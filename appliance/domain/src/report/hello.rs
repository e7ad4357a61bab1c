//! The first frame of the provisioning environment.

use std::net::Ipv4Addr;

use rackwright_model::{BootRecord, BootStage, MacAddr};
use rackwright_proto::{ProvisionHello, ToMachine, VERSION};
use rackwright_store::Connection;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::lease::lease_of_address;
use rackwright_store::server::{Server, server_mac_put, server_of_mac};

use super::clean;
use crate::refusal::conflict;
use crate::{Domain, Refusal};

/// The most interfaces that are noted of one machine.
const MACS: usize = 64;

impl Domain {
    /// A machine in the provisioning environment reports. It must call from the address that is leased to it.
    ///
    /// # Errors
    /// When the machine is unknown or calls from somebody else's address.
    pub async fn provision_hello(&self, peer: Ipv4Addr, hello: ProvisionHello) -> Result<ToMachine, Refusal> {
        if hello.version != VERSION {
            let reason =
                format!("the environment speaks version {} of the protocol, not {VERSION}", hello.version);
            return Err(conflict(
                "take a machine's session",
                reason,
                "Boot the environment of this Control Center.",
            )
            .into());
        }
        let at = self.now();
        let (boot, resuming) = (hello.boot.clone(), hello.resuming);
        let server = self
            .write(move |tx| {
                let server = calling(tx, peer, hello.mac, &hello.boot)?;
                for mac in hello.macs.iter().take(MACS).filter(|mac| mac.is_unicast()) {
                    // An interface on record for another server is left there: the operator sees it in the inventory.
                    if server_of_mac(tx, *mac)?.is_none() {
                        server_mac_put(tx, server.id, *mac)?;
                    }
                }
                let detail = format!("the provisioning environment called from {peer}");
                boot_record_put(tx, server.id, &BootRecord { stage: BootStage::Environment, at, detail })?;
                Ok(server)
            })
            .await?;
        self.boots.environment(server.id, &boot, resuming);
        self.events.server(
            at,
            &server.name,
            "boot",
            format!("{}: {}.", server.name, BootStage::Environment.title()),
        );
        Ok(ToMachine::Welcome { name: server.name.to_string() })
    }

    /// The session of this boot ended.
    pub fn provision_gone(&self, boot: &str) {
        self.boots.environment_gone(boot);
    }
}

/// The server that calls: by its interface, only from the address leased to one of its interfaces, and only from the
/// boot that it was last given a script for.
fn calling(tx: &Connection, peer: Ipv4Addr, mac: MacAddr, boot: &str) -> Result<Server, Refusal> {
    let attempted = "take a machine's session";
    let advice = "Power the machine on again to netboot.";
    let lease = lease_of_address(tx, peer)?
        .ok_or_else(|| conflict(attempted, format!("nobody holds a lease on {peer}"), advice))?;
    let server = server_of_mac(tx, mac)?
        .ok_or_else(|| conflict(attempted, format!("no server has the address {mac}"), advice))?;
    if lease.mac != mac && !server.macs.contains(&lease.mac) {
        let reason = format!("{mac} calls from {peer}, which is leased to {}", lease.mac);
        return Err(conflict(attempted, reason, advice).into());
    }
    if server.boot.as_deref() != Some(boot) {
        let reason = format!("{} was not given a boot script for the boot {}", server.name, clean(boot));
        return Err(conflict(attempted, reason, advice).into());
    }
    Ok(server)
}
