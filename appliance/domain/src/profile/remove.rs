//! Removing a profile. Installs under way keep their own copy.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::profile::{ProfileRemove, ProfileRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::network::DiscoveryPolicy;
use rackwright_store::profile::{profile_delete, profile_named};

use crate::refusal::{conflict, not_found, unconfirmed};
use crate::{Caller, Domain, discovery};

impl Handle<ProfileRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        ProfileRemoveInput { profile, confirm }: ProfileRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove profile {profile}");
        let (name, phrase) = (profile.clone(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            profile_named(tx, &name)?.ok_or_else(|| not_found(&phrase, "profile", &name))?;
            if discovery::policy(tx)? == DiscoveryPolicy::AutoInstall(name.clone()) {
                let reason = "discovery installs it on every blank machine";
                return Err(conflict(
                    phrase,
                    reason,
                    "Set another policy first: rackwright discovery set wait",
                )
                .into());
            }
            if confirm.as_ref() != Some(&name) {
                return Err(unconfirmed(
                    phrase,
                    "a removed profile cannot be brought back",
                    "confirm",
                    &name,
                )
                .into());
            }
            profile_delete(tx, &name)?;
            Ok(())
        })
        .await?;
        Ok(Done::new(format!("Profile {profile} is removed.")))
    }
}
