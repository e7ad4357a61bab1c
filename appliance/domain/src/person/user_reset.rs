//! A new password by the link that was mailed. The second factor is asked for as ever at the next sign-in.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserReset, UserResetInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::Connection;
use rackwright_store::account::account_is_suspended;
use rackwright_store::person::{Person, person_get, person_set_password};
use rackwright_store::reset_link::{reset_link_delete, reset_link_live};
use rackwright_store::session::session_delete_person;

use super::password;
use crate::caller::Actor;
use crate::{Caller, Domain, Refusal, secret};

/// What was attempted, in every fault.
const ATTEMPTED: &str = "set a new password";

impl Handle<UserReset, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserResetInput) -> Result<Done, Fault> {
        let (hash, now) = (secret::fingerprint(&input.key), self.now());
        let key = hash.clone();
        let person = self.look(ATTEMPTED, move |tx| owner(tx, &key, now)).await?;
        let password_hash = password::hash(&*self.ports.chance, input.password, ATTEMPTED).await?;
        let actor =
            Actor::person(&person, "session").map_err(|error| Refusal::from(error).fault(ATTEMPTED))?;
        // It is on record under the name whose mail was read.
        self.change(&caller.proven(actor), ATTEMPTED, move |tx| {
            // Again: the link may have been used meanwhile.
            let person = owner(tx, &hash, now)?.id;
            person_set_password(tx, person, &password_hash)?;
            reset_link_delete(tx, person)?;
            Ok(session_delete_person(tx, person)?)
        })
        .await?;
        Ok(Done::new("The new password is set and all sessions are ended. Sign in with it."))
    }
}

/// Whose link it is.
fn owner(tx: &Connection, hash: &str, now: rackwright_model::Millis) -> Result<Person, Refusal> {
    let person = reset_link_live(tx, hash, now)?.map(|id| person_get(tx, id)).transpose()?.flatten();
    match person {
        Some(person) if !account_is_suspended(tx, &person.account_path)? => Ok(person),
        _ => {
            let problem = FieldProblem::new("key", "is unknown, used or expired; ask for a new link");
            Err(Fault::invalid(ATTEMPTED, vec![problem]).into())
        }
    }
}
