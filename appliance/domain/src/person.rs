//! People of the provider: signing in, their passwords and their tokens.

pub(crate) mod attempts;
pub(crate) mod password;

mod session_close;
mod session_open;
mod session_show;
mod token_create;
mod token_list;
mod token_revoke;
mod user_create;
mod user_list;
mod user_passwd;

use rackwright_catalog::actions::user::UserView;
use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_model::UserId;
use rackwright_store::StoreError;
use rackwright_store::person::{Person, person_named};

use crate::Domain;
use crate::caller::Actor;
use crate::refusal::conflict;

impl Domain {
    /// The person who has this name and this password.
    ///
    /// # Errors
    /// [`FaultCode::NotSignedIn`], the same and after the same work for a wrong name and a wrong password;
    /// [`FaultCode::TooMany`] after too many of them.
    async fn proven(&self, name: &str, password: String, attempted: &str) -> Result<Person, Fault> {
        self.sign_ins.admit(name, self.now()).map_err(|wait_s| too_many(attempted, wait_s))?;
        let wanted = name.to_owned();
        let person = self.look(attempted, move |tx| Ok(person_named(tx, &wanted)?)).await?;
        let stored = person.as_ref().map(|person| person.password_hash.clone());
        let agrees = password::agrees(stored, password, attempted).await?;
        let person = person.filter(|_| agrees).ok_or_else(|| wrong(attempted))?;
        self.sign_ins.forgive(name);
        Ok(person)
    }
}

/// The role that a stored word stands for.
pub(crate) fn role(person: &Person) -> Result<Role, StoreError> {
    Role::from_word(&person.role)
        .ok_or_else(|| StoreError::Unreadable { what: "role", value: person.role.clone() })
}

fn view(person: Person) -> Result<UserView, StoreError> {
    Ok(UserView {
        id: person.id,
        role: role(&person)?,
        user: person.name,
        created_at: person.created_at,
        signed_in_at: person.signed_in_at,
    })
}

/// The person behind the actor; local root is nobody's account.
fn account(actor: &Actor, attempted: &str, what: &str) -> Result<UserId, Fault> {
    actor.id.ok_or_else(|| {
        conflict(
            attempted,
            format!("local root is no user and has no {what}"),
            "Name a user: rackwright token create NAME --user admin; or call as a user, with --token-file FILE.",
        )
    })
}

fn wrong(attempted: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        "the name or the password is wrong",
        "Try again. Root on the Control Center can set a new password with: rackwright user passwd NAME",
    )
}

fn too_many(attempted: &str, wait_s: i64) -> Fault {
    Fault::new(
        FaultCode::TooMany,
        attempted,
        "there were too many wrong passwords for this name",
        format!(
            "Try again in {wait_s} s. Open sessions and root on the Control Center are not held up by this."
        ),
    )
}
