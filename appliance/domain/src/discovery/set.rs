//! Setting the policy.

use rackwright_catalog::actions::discovery::{DiscoverySet, DiscoverySetInput, DiscoveryView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::network::DiscoveryPolicy;
use rackwright_store::profile::profile_named;
use rackwright_store::setting::setting_put;
use serde_json::json;

use super::{KEY, view};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<DiscoverySet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: DiscoverySetInput) -> Result<DiscoveryView, Fault> {
        let attempted = "set the discovery policy";
        // The catalogue has checked that a profile is named exactly when the policy needs one.
        let policy = input.profile.map_or(DiscoveryPolicy::Wait, DiscoveryPolicy::AutoInstall);
        self.reversible(caller, attempted, move |tx| {
            if let DiscoveryPolicy::AutoInstall(profile) = &policy
                && profile_named(tx, profile)?.is_none()
            {
                let problem = FieldProblem::new("profile", format!("there is no profile {profile}"));
                return Err(Fault::invalid(attempted, vec![problem]).into());
            }
            let before = super::policy(tx)?;
            setting_put(tx, KEY, &policy)?;
            let inverse = (before != policy).then(|| Inverse {
                action: "discovery.set",
                input: json!(view(before)),
                thing: Thing::Discovery,
            });
            Ok((view(policy), inverse))
        })
        .await
    }
}
