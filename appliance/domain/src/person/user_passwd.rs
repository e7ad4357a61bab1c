//! Setting a password: one's own with the present one, another's as owner, anybody's as local root.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserPasswd, UserPasswdInput};
use rackwright_catalog::{Fault, FaultCode, FieldProblem, Handle, Permission};
use rackwright_store::person::{person_named, person_set_password};
use rackwright_store::session::session_delete_person;

use super::password;
use crate::caller::Actor;
use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<UserPasswd, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserPasswdInput) -> Result<Done, Fault> {
        let subject = subject(&caller.actor, input.user)?;
        let attempted = format!("set the password of {subject}");
        self.allow(&caller.actor, &subject, input.current, &attempted).await?;
        let hash = password::hash(&*self.ports.chance, input.password, &attempted).await?;
        let (name, phrase) = (subject.clone(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            let person = person_named(tx, &name)?.ok_or_else(|| not_found(phrase, "user", &name))?;
            person_set_password(tx, person.id, &hash)?;
            Ok(session_delete_person(tx, person.id)?)
        })
        .await?;
        let own =
            if subject == caller.actor.name && caller.actor.id.is_some() { " Sign in again." } else { "" };
        Ok(Done::new(format!(
            "The password of {subject} is changed; all sessions of {subject} are ended. API tokens stay valid.{own}"
        )))
    }
}

impl Domain {
    async fn allow(
        &self,
        actor: &Actor,
        subject: &str,
        current: Option<String>,
        attempted: &str,
    ) -> Result<(), Fault> {
        if actor.by == "local" {
            return Ok(());
        }
        if subject != actor.name {
            return if actor.role.grants(Permission::Administer) {
                Ok(())
            } else {
                Err(not_an_owner(actor, attempted))
            };
        }
        let Some(current) = current else {
            let problem =
                FieldProblem::new("current", "is missing; your own password is changed with the present one");
            return Err(Fault::invalid(attempted, vec![problem]));
        };
        match self.proven(subject, current, attempted).await {
            Ok(_) => Ok(()),
            // The caller is signed in; it is the field that is wrong.
            Err(fault) if fault.code == FaultCode::NotSignedIn => Err(Fault::invalid(
                attempted,
                vec![FieldProblem::new("current", "is not your present password")],
            )),
            Err(fault) => Err(fault),
        }
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

fn not_an_owner(actor: &Actor, attempted: &str) -> Fault {
    Fault::new(
        FaultCode::Forbidden,
        attempted,
        format!("the role {} may only set its own password", actor.role.word()),
        "Ask an owner of the Control Center to do it.",
    )
}
