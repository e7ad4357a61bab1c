//! Showing a profile.

use rackwright_catalog::actions::profile::{OneProfile, ProfileShow, ProfileView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::profile::profile_named;

use super::view;
use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<ProfileShow, Caller> for Domain {
    async fn handle(&self, _: &Caller, OneProfile { profile }: OneProfile) -> Result<ProfileView, Fault> {
        let attempted = format!("show profile {profile}");
        let name = profile.clone();
        let row = self.look(&attempted, move |tx| Ok(profile_named(tx, &name)?)).await?;
        row.map(view).ok_or_else(|| not_found(attempted, "profile", &profile))
    }
}
