//! Proving who one is by name and password.

use rackwright_catalog::{Fault, FaultCode, FieldProblem};
use rackwright_model::Scope;
use rackwright_store::account::account_is_suspended;
use rackwright_store::person::{Person, person_named};

use super::password;
use crate::Domain;
use crate::caller::{Caller, Whence};

impl Domain {
    /// The person who has this name and this password.
    ///
    /// # Errors
    /// [`FaultCode::NotSignedIn`], the same and after the same work for a wrong name, a wrong password and a suspended
    /// account; [`FaultCode::TooMany`] after too many of them.
    pub(super) async fn proven(
        &self,
        whence: Whence,
        name: &str,
        password: String,
        attempted: &str,
    ) -> Result<Person, Fault> {
        self.sign_ins
            .admit(name, whence.address, self.now())
            .map_err(|wait_s| too_many(attempted, "passwords", wait_s))?;
        let wanted = name.to_owned();
        let person = self
            .look(attempted, move |tx| {
                let Some(person) = person_named(tx, &Scope::everything(), &wanted)? else { return Ok(None) };
                let suspended = account_is_suspended(tx, &person.account_path)?;
                Ok(Some((person, suspended)))
            })
            .await?;
        let stored = person.as_ref().map(|(person, _)| person.password_hash.clone());
        let agrees = password::agrees(stored, password, attempted).await?;
        let (person, suspended) = person.filter(|_| agrees).ok_or_else(|| wrong(attempted))?;
        self.sign_ins.forgive(name, whence.address, self.now());
        if suspended {
            return Err(suspended_fault(attempted));
        }
        Ok(person)
    }

    /// Whether the caller knows the present password.
    ///
    /// # Errors
    /// [`FaultCode::InvalidInput`] at the field `current`: the caller is signed in, it is the field that is wrong.
    pub(super) async fn know(&self, caller: &Caller, current: String, attempted: &str) -> Result<(), Fault> {
        match self.proven(caller.whence, &caller.actor.name, current, attempted).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.code == FaultCode::NotSignedIn => {
                let problem = FieldProblem::new("current", "is not your present password");
                Err(Fault::invalid(attempted, vec![problem]))
            }
            Err(fault) => Err(fault),
        }
    }
}

pub(super) fn wrong(attempted: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        "the name or the password is wrong",
        "Try again. Root on the Control Center can set a new password with: rackwright user passwd NAME",
    )
}

/// Told only to whoever knew the password.
pub(super) fn suspended_fault(attempted: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        "the account is suspended",
        "Ask whoever runs this Control Center.",
    )
}

pub(super) fn too_many(attempted: &str, what: &str, wait_s: i64) -> Fault {
    Fault::new(
        FaultCode::TooMany,
        attempted,
        format!("there were too many wrong {what} for this name"),
        format!(
            "Try again in {wait_s} s. Open sessions and root on the Control Center are not held up by this."
        ),
    )
}
