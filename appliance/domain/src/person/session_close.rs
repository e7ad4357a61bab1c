//! Signing out.

use rackwright_catalog::actions::session::SessionClose;
use rackwright_catalog::actions::{Done, Nothing};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::session::session_delete;

use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<SessionClose, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Done, Fault> {
        let attempted = "sign out";
        let Some(hash) = caller.actor.session_hash.clone() else {
            let reason = format!("this call is made by {}, not in a session", caller.actor.by);
            return Err(conflict(
                attempted,
                reason,
                "An API token is ended with: rackwright token revoke NAME",
            ));
        };
        self.change(caller, attempted, move |tx| Ok(session_delete(tx, &hash)?)).await?;
        Ok(Done::new("Signed out."))
    }
}
