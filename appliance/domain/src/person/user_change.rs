//! Another role or mail address for somebody.

use rackwright_catalog::actions::user::{UserChange, UserChangeInput, UserView};
use rackwright_catalog::{Fault, FieldProblem, Handle, Role};
use rackwright_store::person::{person_change, person_set_inside};
use serde_json::json;

use super::inside;
use super::{an_owner_stays, managed, may_give, role, view};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<UserChange, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserChangeInput) -> Result<UserView, Fault> {
        let attempted = format!("change user {}", input.user);
        super::not_as_guest(&caller.actor, &attempted)?;
        let elsewhere = input.private_server.is_some() || input.login.is_some();
        if input.role.is_none() && input.email.is_none() && !input.without_email && !elsewhere {
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
            let before_inside = (person.private_server_name.clone(), person.login.clone());
            let kept = if after.is_of_one_private_server() { before_inside.clone() } else { (None, None) };
            person.private_server_name = input.private_server.or(kept.0);
            person.login = input.login.or(kept.1.filter(|_| after == Role::PsUser));
            let chosen = (person.private_server_name.as_ref(), person.login.as_ref());
            // What is named is looked for before the role is judged: what one may not see is missing whatever the role.
            person.private_server = inside::checked(tx, &actor, after, person.account, chosen, &phrase)?;
            may_give(&actor, after, before.row().tier, &phrase)?;
            if after != Role::Owner {
                an_owner_stays(tx, &person, &phrase)?;
            }
            let moved = before_inside != (person.private_server_name.clone(), person.login.clone());
            person.role = after.word().to_owned();
            let email = input.email.or_else(|| person.email.clone()).filter(|_| !input.without_email);
            let changed = before != after || email != person.email || moved;
            let inverse = Inverse {
                action: "user.change",
                input: json!({
                    "user": input.user, "role": before, "email": person.email, "without_email": person.email.is_none(),
                    "private_server": before_inside.0, "login": before_inside.1,
                }),
                thing: Thing::User(input.user),
            };
            person.email = email;
            person_change(tx, person.id, &person.role, person.email.as_deref())?;
            person_set_inside(tx, person.id, person.private_server, person.login.as_ref())?;
            Ok((view(person)?, changed.then_some(inverse)))
        })
        .await
    }
}
