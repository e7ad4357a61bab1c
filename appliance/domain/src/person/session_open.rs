//! Signing in.

use rackwright_catalog::actions::session::{SessionOpen, SessionOpenInput, SessionOpened};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Millis;
use rackwright_store::Connection;
use rackwright_store::person::{Person, person_get, person_signed_in};
use rackwright_store::session::session_insert;

use super::proof;
use super::second::{self, Given};
use crate::caller::Actor;
use crate::{Caller, Domain, Refusal};

impl Handle<SessionOpen, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionOpenInput) -> Result<SessionOpened, Fault> {
        let attempted = format!("sign in as {:?}", input.user);
        let person = self.proven(caller.whence, &input.user, input.password, &attempted).await?;
        let known = (person.id, person.name.as_str());
        let given = Given { code: input.code.as_deref(), passkey: input.passkey.as_ref() };
        let second = self.second(caller.whence, known, given, &attempted).await?;
        let (by_code, phrase) = (second.is_some(), attempted.clone());
        let (id, name, proven_by) = (person.id, person.name.clone(), person.password_hash.clone());
        let opened = self
            .open_session(caller, person, &attempted, move |tx, at| {
                // A new password ends all sessions: none may begin with the old one that was looked at before.
                if person_get(tx, id)?.is_none_or(|now| now.password_hash != proven_by) {
                    return Err(proof::wrong(&phrase).into());
                }
                match second {
                    Some(second) if !second.take(tx, id, at)? => Err(second::wrong(&phrase).into()),
                    _ => Ok(()),
                }
            })
            .await?;
        if by_code {
            self.forgive_codes(caller.whence, &name);
        }
        Ok(opened)
    }
}

impl Domain {
    /// A session of somebody who has proved who it is; `take` uses the proof up in the same transaction.
    pub(super) async fn open_session(
        &self,
        caller: &Caller,
        person: Person,
        attempted: &str,
        take: impl FnOnce(&Connection, Millis) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<SessionOpened, Fault> {
        let actor =
            Actor::person(&person, "session").map_err(|error| Refusal::from(error).fault(attempted))?;
        let role = actor.role;
        let (session, row) = self.fresh_session(caller, person.id);
        let at = row.created_at;
        let expires_at = row.expires_at;
        // It is on record under the name that was proven, not as an act of nobody.
        let caller = caller.proven(actor);
        self.change(&caller, attempted, move |tx| {
            take(tx, at)?;
            person_signed_in(tx, row.person, at)?;
            Ok(session_insert(tx, &row)?)
        })
        .await?;
        Ok(SessionOpened { session, expires_at, user: person.name, role })
    }
}
