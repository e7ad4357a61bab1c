//! Removing a profile. Installs under way keep their own copy.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::profile::{ProfileRemove, ProfileRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::network::DiscoveryPolicy;
use rackwright_store::profile::{ProfileRow, profile_delete, profile_named};
use serde_json::json;

use crate::refusal::{confirmed, conflict, not_found};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, discovery};

impl Handle<ProfileRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        ProfileRemoveInput { profile, confirm }: ProfileRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove profile {profile}");
        let (name, phrase) = (profile.clone(), attempted.clone());
        self.reversible(caller, &attempted, move |tx| {
            let row = profile_named(tx, &name)?.ok_or_else(|| not_found(&phrase, "profile", &name))?;
            let inverse = back(row);
            if discovery::policy(tx)? == DiscoveryPolicy::AutoInstall(name.clone()) {
                let reason = "discovery installs it on every blank machine";
                return Err(conflict(
                    phrase,
                    reason,
                    "Set another policy first: rackwright discovery set wait",
                )
                .into());
            }
            let reason = if inverse.is_some() {
                "it can be brought back within a day"
            } else {
                "it holds password hashes, and cannot be brought back"
            };
            confirmed(&phrase, reason, "confirm", &name, confirm.as_ref())?;
            profile_delete(tx, &name)?;
            Ok(((), inverse))
        })
        .await?;
        Ok(Done::new(format!("Profile {profile} is removed.")))
    }
}

/// How it comes back; not when it holds secrets, which are kept nowhere else.
fn back(row: ProfileRow) -> Option<Inverse> {
    let secret = row.profile.users.iter().any(|user| user.password_hash.is_some());
    let mut profile = row.profile;
    let root = profile.users.extract_if(.., |user| user.name == "root").flat_map(|root| root.ssh_keys);
    let root_keys: Vec<String> = root.collect();
    let mut input = json!(profile);
    input["name"] = json!(row.name);
    input["root_keys"] = json!(root_keys);
    (!secret).then_some(Inverse { action: "profile.create", input, thing: Thing::Profile(row.name) })
}
