//! Another role or mail address for somebody.

use rackwright_catalog::actions::user::{UserChange, UserChangeInput, UserView};
use rackwright_catalog::{Fault, FieldProblem, Handle, Role};
use rackwright_store::person::{person_change, person_count};

use super::{managed, may_give, role, view};
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<UserChange, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserChangeInput) -> Result<UserView, Fault> {
        let attempted = format!("change user {}", input.user);
        super::not_as_guest(&caller.actor, &attempted)?;
        if input.role.is_none() && input.email.is_none() {
            let problem =
                FieldProblem::new("role", "is missing, and so is email: there is nothing to change");
            return Err(Fault::invalid(attempted, vec![problem]));
        }
        let (actor, phrase) = (caller.actor.clone(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            let mut person = managed(tx, &actor, &input.user, &phrase)?;
            let before = role(&person)?;
            let after = input.role.unwrap_or(before);
            may_give(&actor, after, before.row().tier, &phrase)?;
            let was_last = before == Role::Owner
                && after != Role::Owner
                && person_count(tx, person.account, before.word())? < 2;
            if was_last {
                return Err(conflict(
                    phrase,
                    "nobody else is an owner",
                    "Make somebody else an owner first.",
                )
                .into());
            }
            person.role = after.word().to_owned();
            person.email = input.email.or(person.email);
            person_change(tx, person.id, &person.role, person.email.as_deref())?;
            Ok(view(person)?)
        })
        .await
    }
}
