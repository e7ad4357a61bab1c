//! Another role or mail address for somebody.

use rackwright_catalog::actions::user::{UserChange, UserChangeInput, UserView};
use rackwright_catalog::{Fault, FieldProblem, Handle, Role};
use rackwright_store::person::person_change;

use super::{an_owner_stays, managed, may_give, role, view};
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
            if after != Role::Owner {
                an_owner_stays(tx, &person, &phrase)?;
            }
            person.role = after.word().to_owned();
            person.email = input.email.or(person.email);
            person_change(tx, person.id, &person.role, person.email.as_deref())?;
            Ok(view(person)?)
        })
        .await
    }
}
