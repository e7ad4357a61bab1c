//! No longer serving a subnet.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::network::{NetworkRemove, NetworkRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::network::{network_delete, network_list};

use crate::refusal::{confirmed, not_found};
use crate::{Caller, Domain};

impl Handle<NetworkRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        NetworkRemoveInput { network, confirm }: NetworkRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove network {network}");
        let (name, phrase) = (network.clone(), attempted.clone());
        self.reversible(caller, &attempted, move |tx| {
            let before = network_list(tx)?.into_iter().find(|row| row.name == name);
            let before = before.ok_or_else(|| not_found(&phrase, "network", &name))?;
            super::standing::none(tx, &before, &phrase)?;
            let reason = "its machines lose their addresses when their leases end";
            confirmed(&phrase, reason, "confirm", &name, confirm.as_ref())?;
            network_delete(tx, &name)?;
            Ok(((), Some(super::serve_again(&before))))
        })
        .await?;
        Ok(Done::new(format!("Network {network} is no longer served.")))
    }
}
