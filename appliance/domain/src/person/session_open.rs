//! Signing in.

use rackwright_catalog::actions::session::{SessionOpen, SessionOpenInput, SessionOpened};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::{person_get, person_signed_in};
use rackwright_store::session::session_insert;

use super::{proof, second};
use crate::caller::Actor;
use crate::{Caller, Domain, Refusal};

impl Handle<SessionOpen, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionOpenInput) -> Result<SessionOpened, Fault> {
        let attempted = format!("sign in as {:?}", input.user);
        let person = self.proven(caller.whence, &input.user, input.password, &attempted).await?;
        let known = (person.id, person.name.as_str());
        let code = self.second(caller.whence, known, input.code.as_deref(), &attempted).await?;
        let (by_code, phrase) = (code.is_some(), attempted.clone());
        let actor =
            Actor::person(&person, "session").map_err(|error| Refusal::from(error).fault(&attempted))?;
        let role = actor.role;
        let (session, row) = self.fresh_session(caller, person.id);
        let at = row.created_at;
        let expires_at = row.expires_at;
        // It is on record under the name that was proven, not as an act of nobody.
        let caller = caller.proven(actor);
        let proven_by = person.password_hash;
        self.change(&caller, &attempted, move |tx| {
            // A new password ends all sessions: none may begin with the old one that was looked at before.
            if person_get(tx, row.person)?.is_none_or(|now| now.password_hash != proven_by) {
                return Err(proof::wrong(&phrase).into());
            }
            if let Some(code) = code
                && !code.take(tx, row.person, at)?
            {
                return Err(second::wrong(&phrase).into());
            }
            person_signed_in(tx, row.person, at)?;
            Ok(session_insert(tx, &row)?)
        })
        .await?;
        if by_code {
            self.forgive_codes(caller.whence, &person.name);
        }
        Ok(SessionOpened { session, expires_at, user: person.name, role })
    }
}
