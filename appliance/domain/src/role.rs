//! What each role allows.

use rackwright_catalog::actions::role::{RoleList, RoleView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::permission::{ROLES, RoleRow};
use rackwright_catalog::{Fault, Handle};

use crate::{Caller, Domain};

impl Handle<RoleList, Caller> for Domain {
    /// Of roles above one's own tier, nothing is told.
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Page<RoleView>, Fault> {
        let tier = caller.actor.tier;
        let seen = ROLES.iter().filter(|row| row.tier == tier || tier.is_above(row.tier));
        Ok(Page::whole(seen.map(view).collect()))
    }
}

fn view(row: &RoleRow) -> RoleView {
    RoleView {
        role: row.role,
        tier: row.tier,
        summary: row.summary.to_owned(),
        permissions: row.permissions.to_vec(),
    }
}
