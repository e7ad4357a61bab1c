//! What a browser needs to make a passkey. Nothing is kept: the challenge carries what it is for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rackwright_catalog::actions::factor::{FactorPasskeyBegin, FactorPasskeyBeginInput, FactorPasskeyBegun};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::passkey::passkey_list;
use rackwright_store::person::person_get;

use crate::passkey::{ALGORITHMS, Purpose};
use crate::{Caller, Domain, brand};

impl Handle<FactorPasskeyBegin, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: FactorPasskeyBeginInput,
    ) -> Result<FactorPasskeyBegun, Fault> {
        let attempted = "make a passkey";
        super::not_as_guest(&caller.actor, attempted)?;
        let person = super::account(&caller.actor, attempted, "passkey")?;
        let rp_id = self.relying_party(&input.origin, attempted).await?;
        let (known, face) = self
            .look(attempted, move |tx| {
                let path = person_get(tx, person)?.map(|person| person.account_path).unwrap_or_default();
                Ok((passkey_list(tx, person)?, brand::face(tx, &path)?))
            })
            .await?;
        Ok(FactorPasskeyBegun {
            challenge: self.challenge(Purpose::create(person), &input.origin),
            rp_name: face.title,
            handle: URL_SAFE_NO_PAD.encode(self.handle_of(person)),
            user: caller.actor.name.clone(),
            algorithms: ALGORITHMS.to_vec(),
            exclude: known.into_iter().filter(|row| row.host == rp_id).map(|row| row.credential).collect(),
            rp_id,
        })
    }
}
