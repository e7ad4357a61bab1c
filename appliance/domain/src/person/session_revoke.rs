//! Ending a session from elsewhere.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::session::{SessionRevoke, SessionRevokeInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::session::session_delete_one;

use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<SessionRevoke, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionRevokeInput) -> Result<Done, Fault> {
        let attempted = format!("end session {}", input.id);
        super::not_as_guest(&caller.actor, &attempted)?;
        super::not_limited(&caller.actor, &attempted)?;
        let (phrase, actor, id) = (attempted.clone(), caller.actor.clone(), input.id.clone());
        self.change(caller, &attempted, move |tx| {
            let person = super::chosen(tx, &actor, input.user.as_deref(), &phrase, "sessions")?;
            if session_delete_one(tx, person, &input.id)? {
                return Ok(());
            }
            Err(not_found(phrase, "session", &input.id).into())
        })
        .await?;
        Ok(Done::new(format!("Session {id} is ended.")))
    }
}
