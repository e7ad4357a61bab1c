//! Setting a password: one's own with the present one, that of somebody one manages, anybody's as local root.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserPasswd, UserPasswdInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::person::person_set_password;
use rackwright_store::session::session_delete_person;

use super::password;
use crate::caller::Actor;
use crate::{Caller, Domain};

impl Handle<UserPasswd, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserPasswdInput) -> Result<Done, Fault> {
        let actor = caller.actor.clone();
        let subject = subject(&actor, input.user)?;
        let attempted = format!("set the password of {subject}");
        super::not_as_guest(&actor, &attempted)?;
        let own = !super::is_other(&actor, &subject);
        if own {
            let current = input.current.ok_or_else(|| {
                let problem = "is missing; your own password is changed with the present one";
                Fault::invalid(&attempted, vec![FieldProblem::new("current", problem)])
            })?;
            self.know(caller, current, &attempted).await?;
        } else {
            // Before the work of hashing, and again below with the change.
            let (actor, name, phrase) = (actor.clone(), subject.clone(), attempted.clone());
            self.look(&attempted, move |tx| super::managed(tx, &actor, &name, &phrase)).await?;
        }
        let hash = password::hash(&*self.ports.chance, input.password, &attempted).await?;
        let (name, phrase) = (subject.clone(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            let other = Some(name.as_str()).filter(|_| !own);
            let person = super::chosen(tx, &actor, other, &phrase, "password")?;
            person_set_password(tx, person, &hash)?;
            Ok(session_delete_person(tx, person)?)
        })
        .await?;
        let again = if own { " Sign in again." } else { "" };
        Ok(Done::new(format!(
            "The password of {subject} is changed; all sessions of {subject} are ended. API tokens stay valid.{again}"
        )))
    }
}

fn subject(actor: &Actor, asked: Option<String>) -> Result<String, Fault> {
    match asked {
        Some(user) => Ok(user),
        None if actor.id.is_some() => Ok(actor.name.clone()),
        None => {
            let problem = FieldProblem::new("user", "is missing; local root has no password of its own here");
            Err(Fault::invalid("set a password", vec![problem]))
        }
    }
}
