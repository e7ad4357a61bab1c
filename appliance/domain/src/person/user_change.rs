//! Another role or mail address for somebody.

use rackwright_catalog::actions::user::{UserChange, UserChangeInput, UserView};
use rackwright_catalog::{Fault, FieldProblem, Handle, Role};
use rackwright_store::person::person_change;
use serde_json::json;

use super::{an_owner_stays, managed, may_give, role, view};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<UserChange, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserChangeInput) -> Result<UserView, Fault> {
        let attempted = format!("change user {}", input.user);
        super::not_as_guest(&caller.actor, &attempted)?;
        if input.role.is_none() && input.email.is_none() && !input.without_email {
            let problem =
                FieldProblem::new("role", "is missing, and so is email: there is nothing to change");
            return Err(Fault::invalid(attempted, vec![problem]));
        }
        if input.email.is_some() && input.without_email {
            let problem = FieldProblem::new("without_email", "says that there is none, and email gives one");
            return Err(Fault::invalid(attempted, vec![problem]));
        }
        let (actor, phrase) = (caller.actor.clone(), attempted.clone());
        self.reversible(caller, &attempted, move |tx| {
            let mut person = managed(tx, &actor, &input.user, &phrase)?;
            let before = role(&person)?;
            let after = input.role.unwrap_or(before);
            may_give(&actor, after, before.row().tier, &phrase)?;
            if after != Role::Owner {
                an_owner_stays(tx, &person, &phrase)?;
            }
            person.role = after.word().to_owned();
            let email = input.email.or_else(|| person.email.clone()).filter(|_| !input.without_email);
            let changed = before != after || email != person.email;
            let inverse = Inverse {
                action: "user.change",
                input: json!({
                    "user": input.user, "role": before, "email": person.email, "without_email": person.email.is_none(),
                }),
                thing: Thing::User(input.user),
            };
            person.email = email;
            person_change(tx, person.id, &person.role, person.email.as_deref())?;
            Ok((view(person)?, changed.then_some(inverse)))
        })
        .await
    }
}
