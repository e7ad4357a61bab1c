//! Serving a subnet, or serving it otherwise. Two networks must not share an address.

use rackwright_catalog::actions::network::{NetworkSet, NetworkSetInput, NetworkView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_model::network::{Cidr, Subnet};
use rackwright_store::Connection;
use rackwright_store::lease::lease_list;
use rackwright_store::network::{Network, network_list, network_put};
use serde_json::json;

use super::view;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, Refusal};

impl Handle<NetworkSet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: NetworkSetInput) -> Result<NetworkView, Fault> {
        let attempted = format!("set network {}", input.name);
        let (subnet, phrase, now) = (input.subnet.subnet(), attempted.clone(), self.now());
        let (view, standing) = self
            .reversible(caller, &attempted, move |tx| {
                refuse_overlap(tx, &phrase, &input.name, &subnet)?;
                super::standing::keep_nas(tx, &subnet, &phrase)?;
                let before = network_list(tx)?.into_iter().find(|network| network.name == input.name);
                let old = before.as_ref().map(|before| &before.subnet);
                let standing = super::standing::keep(tx, &input.name, old, &subnet, &phrase)?;
                let id = network_put(tx, &input.name, &subnet)?;
                let inverse = match before {
                    Some(before) if before.subnet == subnet => None,
                    Some(before) => Some(super::serve_again(&before)),
                    None => Some(Inverse {
                        action: "network.remove",
                        input: json!({"network": input.name, "confirm": input.name}),
                        thing: Thing::Network(input.name.clone()),
                    }),
                };
                let view = view(&Network { id, name: input.name, subnet }, &lease_list(tx)?, now);
                Ok(((view, standing), inverse))
            })
            .await?;
        for row in standing {
            self.tell_private_server(&row).await;
        }
        Ok(view)
    }
}

fn refuse_overlap(tx: &Connection, attempted: &str, name: &Name, subnet: &Subnet) -> Result<(), Refusal> {
    let overlaps = |other: &Network| other.name != *name && overlap(other.subnet.cidr, subnet.cidr);
    let Some(other) = network_list(tx)?.into_iter().find(overlaps) else { return Ok(()) };
    let reason =
        format!("{} of network {name} overlaps {} of network {}", subnet.cidr, other.subnet.cidr, other.name);
    Err(conflict(
        attempted,
        reason,
        format!("Choose another subnet, or remove network {} first.", other.name),
    )
    .into())
}

/// Prefixes share addresses only when one holds the other.
fn overlap(one: Cidr, other: Cidr) -> bool {
    one.contains(other.network) || other.contains(one.network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_overlap_when_one_holds_the_other() {
        let net = |text: &str| text.parse::<Cidr>().expect("valid");
        assert!(overlap(net("10.77.0.0/24"), net("10.77.0.0/16")));
        assert!(overlap(net("10.77.0.0/16"), net("10.77.9.0/24")));
        assert!(overlap(net("10.77.0.0/24"), net("10.77.0.0/24")));
        assert!(!overlap(net("10.77.0.0/24"), net("10.77.1.0/24")));
    }
}
