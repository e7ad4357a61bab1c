//! Listing served networks.

use rackwright_catalog::actions::network::{NetworkList, NetworkView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::lease::lease_list;
use rackwright_store::network::network_list;

use super::view;
use crate::{Caller, Domain};

impl Handle<NetworkList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<NetworkView>, Fault> {
        let (networks, leases) =
            self.look("list networks", |tx| Ok((network_list(tx)?, lease_list(tx)?))).await?;
        let now = self.now();
        Ok(Page::whole(networks.iter().map(|network| view(network, &leases, now)).collect()))
    }
}
