//! Removing somebody.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserRemove, UserRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::person_delete;

use super::{an_owner_stays, managed};
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain};

impl Handle<UserRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserRemoveInput) -> Result<Done, Fault> {
        let attempted = format!("remove user {}", input.user);
        super::not_as_guest(&caller.actor, &attempted)?;
        let (actor, phrase, name) = (caller.actor.clone(), attempted.clone(), input.user.clone());
        self.change(caller, &attempted, move |tx| {
            let person = managed(tx, &actor, &input.user, &phrase)?;
            if Some(person.id) == actor.id {
                return Err(conflict(phrase, "that is you", "Ask somebody else to remove you.").into());
            }
            an_owner_stays(tx, &person, &phrase)?;
            let reason = "all sessions and API tokens would end with it";
            confirmed(&phrase, reason, "confirm", &input.user, input.confirm.as_ref())?;
            Ok(person_delete(tx, person.id)?)
        })
        .await?;
        Ok(Done::new(format!("{name} is removed and can no longer sign in.")))
    }
}
