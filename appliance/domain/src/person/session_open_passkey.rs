//! Signing in with a passkey alone: the authenticator has checked who uses it, so it is two factors by itself.

use rackwright_catalog::actions::session::{PasskeyAnswer, SessionOpenPasskey, SessionOpened};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::account::account_is_suspended;
use rackwright_store::person::person_get;

use super::passkey::untaken;
use super::proof::suspended_fault;
use crate::passkey::{Purpose, Unfit};
use crate::{Caller, Domain};

impl Handle<SessionOpenPasskey, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PasskeyAnswer) -> Result<SessionOpened, Fault> {
        let attempted = "sign in with a passkey";
        let (row, proof) = self.passkey_proof(&input, Purpose::SignIn, attempted).await?;
        let found = self
            .look(attempted, move |tx| {
                let Some(person) = person_get(tx, row.person)? else { return Ok(None) };
                let suspended = account_is_suspended(tx, &person.account_path)?;
                Ok(Some((person, suspended)))
            })
            .await?;
        match found {
            Some((person, false)) => {
                self.open_session(caller, person, attempted, move |tx, at| proof.take(tx, at)).await
            }
            Some((_, true)) => Err(suspended_fault(attempted)),
            None => Err(untaken("passkey", Unfit::Signature, attempted)),
        }
    }
}
