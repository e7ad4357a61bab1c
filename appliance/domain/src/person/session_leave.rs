//! Back from somebody's panel to one's own.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{SessionLeave, SessionMoved};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Scope;
use rackwright_store::person::person_named;

use super::moving;
use super::session_show::view;
use crate::caller::Actor;
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain, secret};

impl Handle<SessionLeave, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<SessionMoved, Fault> {
        let attempted = "return to your own panel";
        let (Some(behind), Some(hash)) = (caller.actor.behind.clone(), caller.actor.session_hash.clone())
        else {
            let advice = "Enter one with: rackwright session enter USER";
            return Err(conflict(attempted, "you have not entered anybody's panel", advice));
        };
        let session = secret::credential(&*self.ports.chance, "rws");
        self.change(caller, attempted, move |tx| {
            let expires_at = moving(tx, &hash, &session, None, attempted)?;
            let person = person_named(tx, &Scope::everything(), &behind)?
                .ok_or_else(|| not_found(attempted, "user", &behind))?;
            Ok(SessionMoved { session, expires_at, view: view(tx, &Actor::person(&person, "session")?)? })
        })
        .await
    }
}
