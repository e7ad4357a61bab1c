//! Back to the password alone, or one passkey less: one's own with proof, those of somebody one manages for a lost phone.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::factor::{FactorRemove, FactorRemoveInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::UserId;
use rackwright_store::Connection;
use rackwright_store::factor::{factor_delete, totp_get};
use rackwright_store::passkey::{passkey_delete, passkey_list};

use super::second::take_present;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal};

impl Handle<FactorRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FactorRemoveInput) -> Result<Done, Fault> {
        let actor = caller.actor.clone();
        let other = input.user.filter(|name| super::is_other(&actor, name));
        let subject = other.clone().unwrap_or_else(|| actor.name.clone());
        let attempted = format!("remove the second factor of {subject}");
        super::not_as_guest(&actor, &attempted)?;
        let code = if other.is_some() {
            None
        } else {
            let person = super::account(&actor, &attempted, "second factor")?;
            self.present(caller, person, (input.current, input.code), &attempted).await?
        };
        let by_code = code.is_some();
        let (phrase, at, passkey) = (attempted.clone(), self.now(), input.passkey);
        let left = self
            .change(caller, &attempted, move |tx| {
                let person = super::chosen(tx, &actor, other.as_deref(), &phrase, "second factor")?;
                take_present(tx, code.as_ref(), person, at, &phrase)?;
                match passkey {
                    Some(id) => one_less(tx, person, &id, &phrase),
                    None if factor_delete(tx, person)? => Ok(false),
                    None => Err(conflict(phrase, "there is none", "Nothing needs to be done.").into()),
                }
            })
            .await?;
        if by_code {
            self.forgive_codes(caller.whence, &caller.actor.name);
        }
        Ok(Done::new(if left {
            format!("The passkey of {subject} is removed.")
        } else {
            format!("{subject} signs in with the password alone.")
        }))
    }
}

/// Without this passkey. Recovery codes go with the last second factor. Whether one is left.
fn one_less(tx: &Connection, person: UserId, id: &str, attempted: &str) -> Result<bool, Refusal> {
    if !passkey_delete(tx, person, id)? {
        let problem = "is no id of a passkey; list them with: rackwright factor list";
        return Err(Fault::invalid(attempted, vec![FieldProblem::new("passkey", problem)]).into());
    }
    let app = totp_get(tx, person)?.is_some_and(|row| row.confirmed_at.is_some());
    let left = app || !passkey_list(tx, person)?.is_empty();
    if !left {
        factor_delete(tx, person)?;
    }
    Ok(left)
}
