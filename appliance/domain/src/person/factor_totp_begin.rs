//! A secret for an authenticator app. Nothing is asked of it before its first code.

use rackwright_catalog::actions::factor::{FactorTotpBegin, FactorTotpBeginInput, FactorTotpBegun};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::totp_begin;

use super::second::{SECRET_LEN, purpose, totp};
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<FactorTotpBegin, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FactorTotpBeginInput) -> Result<FactorTotpBegun, Fault> {
        let attempted = "set up an authenticator app";
        super::not_as_guest(&caller.actor, attempted)?;
        let person = super::account(&caller.actor, attempted, "second factor")?;
        self.know(caller, input.current, attempted).await?;
        let mut bytes = [0; SECRET_LEN];
        self.ports.chance.fill(&mut bytes);
        let sealed = self.secrets.seal(&*self.ports.chance, &purpose(person), &hex::encode(bytes));
        let at = self.now();
        self.change(caller, attempted, move |tx| {
            if totp_begin(tx, person, &sealed, at)? {
                return Ok(());
            }
            let advice = "Remove it first: rackwright factor remove";
            Err(conflict(attempted, "you have an authenticator app already", advice).into())
        })
        .await?;
        let totp = totp(bytes.to_vec(), caller.actor.name.clone());
        Ok(FactorTotpBegun {
            uri: totp.get_url(),
            secret: totp.get_secret_base32(),
            message: "Give the secret to the app, then confirm it with the code that the app shows: \
                      rackwright factor totp-confirm CODE"
                .to_owned(),
        })
    }
}
