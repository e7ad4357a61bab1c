//! Who is signed in.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{SessionShow, SessionView};
use rackwright_catalog::{Fault, Handle};

use crate::caller::Actor;
use crate::{Caller, Domain};

impl Handle<SessionShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<SessionView, Fault> {
        Ok(view(&caller.actor))
    }
}

pub(super) fn view(actor: &Actor) -> SessionView {
    SessionView {
        user: actor.name.clone(),
        role: actor.role,
        by: actor.by.to_owned(),
        account: actor.account_name.clone(),
        tier: actor.tier,
        permissions: actor.permissions(),
        entered_by: actor.behind.clone(),
    }
}
