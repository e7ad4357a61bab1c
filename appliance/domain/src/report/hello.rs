//! The first frame of the provisioning environment.

use std::net::Ipv4Addr;

use rackwright_model::{BootRecord, BootStage, MacAddr, Millis};
use rackwright_proto::{ProvisionHello, ToMachine, VERSION};
use rackwright_store::Connection;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::lease::{lease_of_address, lease_of_mac};
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
                let server = calling(tx, peer, &hello, at)?;
                claim(tx, &server, &hello.macs)?;
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

/// Note the machine's further interfaces. A stranger could claim those of a machine that has yet to boot, so only
/// servers in service may, and only interfaces that nobody else uses.
fn claim(tx: &Connection, server: &Server, macs: &[MacAddr]) -> Result<(), Refusal> {
    let room = if server.approved { MACS.saturating_sub(server.macs.len()) } else { 0 };
    let mut free = Vec::new();
    for mac in macs.iter().take(MACS).filter(|mac| mac.is_unicast()) {
        if server_of_mac(tx, *mac)?.is_none() && lease_of_mac(tx, *mac)?.is_none() {
            free.push(*mac);
        }
    }
    for mac in free.into_iter().take(room) {
        server_mac_put(tx, server.id, mac)?;
    }
    Ok(())
}

/// The server that calls: by its interface, only from the address leased to one of its interfaces, and only from the
/// boot that it was last given a script for.
fn calling(tx: &Connection, peer: Ipv4Addr, hello: &ProvisionHello, now: Millis) -> Result<Server, Refusal> {
    let attempted = "take a machine's session";
    let advice = "Power the machine on again to netboot.";
    let mac = hello.mac;
    let lease = lease_of_address(tx, peer)?
        .filter(|lease| lease.until > now)
        .ok_or_else(|| conflict(attempted, format!("nobody holds a lease on {peer}"), advice))?;
    let server = server_of_mac(tx, mac)?
        .ok_or_else(|| conflict(attempted, format!("no server has the address {mac}"), advice))?;
    if lease.mac != mac && !server.macs.contains(&lease.mac) {
        let reason = format!("{mac} calls from {peer}, which is leased to {}", lease.mac);
        return Err(conflict(attempted, reason, advice).into());
    }
    if server.boot.as_deref() != Some(hello.boot.as_str()) {
        let reason =
            format!("{} was not given a boot script for the boot {}", server.name, clean(&hello.boot));
        return Err(conflict(attempted, reason, advice).into());
    }
    Ok(server)
}
