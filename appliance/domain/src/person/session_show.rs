//! Who is signed in.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{SessionShow, SessionView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::Connection;

use crate::caller::Actor;
use crate::{Caller, Domain, Refusal, brand};

impl Handle<SessionShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<SessionView, Fault> {
        let actor = caller.actor.clone();
        self.look("show who is signed in", move |tx| view(tx, &actor)).await
    }
}

pub(super) fn view(tx: &Connection, actor: &Actor) -> Result<SessionView, Refusal> {
    Ok(SessionView {
        user: actor.name.clone(),
        role: actor.role,
        by: actor.by.to_owned(),
        account: actor.account_name.clone(),
        tier: actor.tier,
        permissions: actor.permissions(),
        entered_by: actor.behind.clone(),
        brand: brand::face(tx, actor.scope.low())?,
    })
}
