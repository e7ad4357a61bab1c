//! Back to the password alone: one's own second factor with proof, that of somebody one manages for a lost phone.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::factor::{FactorRemove, FactorRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::factor_delete;

use super::second::take_present;
use crate::refusal::conflict;
use crate::{Caller, Domain};

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
        let (phrase, at) = (attempted.clone(), self.now());
        self.change(caller, &attempted, move |tx| {
            let person = super::chosen(tx, &actor, other.as_deref(), &phrase, "second factor")?;
            take_present(tx, code.as_ref(), person, at, &phrase)?;
            if factor_delete(tx, person)? {
                return Ok(());
            }
            Err(conflict(phrase, "there is none", "Nothing needs to be done.").into())
        })
        .await?;
        if by_code {
            self.forgive_codes(caller.whence, &caller.actor.name);
        }
        Ok(Done::new(format!("{subject} signs in with the password alone.")))
    }
}
