//! Who is signed in.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{SessionShow, SessionView};
use rackwright_catalog::{Fault, Handle};

use crate::{Caller, Domain};

impl Handle<SessionShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<SessionView, Fault> {
        let actor = &caller.actor;
        Ok(SessionView { user: actor.name.clone(), role: actor.role, by: actor.by.to_owned() })
    }
}
