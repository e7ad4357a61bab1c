//! Which machine is behind an address, and whether it may netboot at all.

use std::net::Ipv4Addr;

use rackwright_model::{MacAddr, ServerState};
use rackwright_store::lease::lease_of_address;
use rackwright_store::server::server_of_mac;

use super::Silent;
use crate::Domain;

impl Domain {
    /// The machine that holds a lease on this address.
    ///
    /// # Errors
    /// [`Silent`] when nobody does.
    pub async fn lease_holder(&self, address: Ipv4Addr) -> Result<MacAddr, Silent> {
        let now = self.now();
        let lease =
            self.read(move |tx| Ok(lease_of_address(tx, address)?.filter(|lease| lease.until > now))).await?;
        lease
            .map(|lease| lease.mac)
            .ok_or_else(|| Silent::because(format!("nobody holds a lease on {address}")))
    }

    /// Whether firmware with this address is given a boot program. Retired servers come back as discovered, so
    /// everybody is, except multicast and other impossible addresses.
    ///
    /// # Errors
    /// [`Silent`] with the reason.
    pub async fn may_netboot(&self, mac: MacAddr) -> Result<(), Silent> {
        if !mac.is_unicast() {
            return Err(Silent::because(format!("{mac} is not the address of one interface")));
        }
        let server = self.read(move |tx| Ok(server_of_mac(tx, mac)?)).await?;
        match server {
            Some(server) if server.state == ServerState::Wiping => {
                Err(Silent::because(format!("{} is being wiped", server.name)))
            }
            Some(_) | None => Ok(()),
        }
    }
}
