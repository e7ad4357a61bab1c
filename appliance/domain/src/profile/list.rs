//! Listing profiles.

use rackwright_catalog::actions::profile::{ProfileList, ProfileView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::profile::profile_list;

use super::view;
use crate::{Caller, Domain};

impl Handle<ProfileList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<ProfileView>, Fault> {
        let rows = self.look("list profiles", |tx| Ok(profile_list(tx)?)).await?;
        Ok(Page::whole(rows.into_iter().map(view).collect()))
    }
}
