//! What a browser needs to ask for a passkey beside the password: which ones may answer is told once the password was right.

use rackwright_catalog::actions::session::{PasskeyAsked, SessionSecondBegin, SessionSecondBeginInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::passkey::passkey_list;

use crate::caller::Actor;
use crate::passkey::Purpose;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal};

impl Handle<SessionSecondBegin, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionSecondBeginInput) -> Result<PasskeyAsked, Fault> {
        let attempted = format!("sign in as {:?}", input.user);
        let rp_id = self.relying_party(&input.origin, &attempted).await?;
        let person = self.proven(caller.whence, &input.user, input.password, &attempted).await?;
        let actor =
            Actor::person(&person, "session").map_err(|error| Refusal::from(error).fault(&attempted))?;
        let id = person.id;
        // On record under the name that was proven.
        let known =
            self.change(&caller.proven(actor), &attempted, move |tx| Ok(passkey_list(tx, id)?)).await?;
        let allow: Vec<String> =
            known.into_iter().filter(|row| row.host == rp_id).map(|row| row.credential).collect();
        if allow.is_empty() {
            let advice = "Use a code of the authenticator app, or a recovery code.";
            return Err(conflict(attempted, format!("you have no passkey for {rp_id}"), advice));
        }
        Ok(PasskeyAsked {
            challenge: self.challenge(Purpose::second(id), &input.origin),
            rp_id,
            allow,
            verified: false,
        })
    }
}
