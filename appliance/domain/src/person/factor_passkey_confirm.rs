//! A passkey that the browser made. From now on the password alone signs nobody in.

use rackwright_catalog::actions::factor::{FactorPasskeyConfirm, FactorPasskeyConfirmInput, RecoveryCodes};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::{recovery_left, recovery_put};
use rackwright_store::passkey::{PasskeyRow, passkey_challenge_take, passkey_insert, passkey_list};

use super::passkey::untaken;
use crate::passkey::{Expected, Purpose, Unfit, challenge_in, made};
use crate::refusal::conflict;
use crate::{Caller, Domain, secret};

/// What was attempted, in every fault.
const ATTEMPTED: &str = "add a passkey";
/// Passkeys of one person.
const MOST: usize = 20;

impl Handle<FactorPasskeyConfirm, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: FactorPasskeyConfirmInput,
    ) -> Result<RecoveryCodes, Fault> {
        super::not_as_guest(&caller.actor, ATTEMPTED)?;
        let person = super::account(&caller.actor, ATTEMPTED, "passkey")?;
        self.know(caller, input.current, ATTEMPTED).await?;
        let unfit = |error| untaken("client_data", error, ATTEMPTED);
        let challenge = challenge_in(&input.client_data).map_err(unfit)?;
        let (carried, mark) = self.opened_challenge(&challenge, Purpose::create(person)).map_err(unfit)?;
        let host = self.relying_party(&carried.origin, ATTEMPTED).await?;
        let expected =
            Expected { challenge: &challenge, origin: &carried.origin, rp_id: &host, verified: false };
        let made = made(&input.client_data, &input.attestation, &expected)
            .map_err(|error| untaken("attestation", error, ATTEMPTED))?;
        let at = self.now();
        let row = PasskeyRow {
            id: secret::short_id(&*self.ports.chance),
            person,
            label: input.label,
            host,
            credential: made.credential,
            public_key: made.public_key,
            counter: made.counter,
            created_at: at,
            used_at: None,
        };
        let (codes, hashes) = self.recovery_codes();
        let fresh = self
            .change(caller, ATTEMPTED, move |tx| {
                if !passkey_challenge_take(tx, &mark, at, carried.expires_at)? {
                    return Err(untaken("client_data", Unfit::Challenge, ATTEMPTED).into());
                }
                if passkey_list(tx, person)?.len() >= MOST {
                    return Err(too_many().into());
                }
                if !passkey_insert(tx, &row)? {
                    return Err(known().into());
                }
                let fresh = recovery_left(tx, person)?.is_none_or(|codes| codes.left == 0);
                if fresh {
                    recovery_put(tx, person, &hashes, at)?;
                }
                Ok(fresh)
            })
            .await?;
        Ok(if fresh {
            RecoveryCodes {
                codes,
                message: "The passkey signs you in from now on; the password alone does not. Keep these recovery codes \
                          where the passkey is not: each signs in once beside the password."
                    .to_owned(),
            }
        } else {
            RecoveryCodes {
                codes: Vec::new(),
                message: "The passkey signs you in from now on. Your recovery codes stay as they are."
                    .to_owned(),
            }
        })
    }
}

fn too_many() -> Fault {
    let advice = "Remove one that you do not use any more: rackwright factor remove --passkey ID";
    conflict(ATTEMPTED, format!("you have {MOST} passkeys already"), advice)
}

fn known() -> Fault {
    conflict(ATTEMPTED, "this passkey is there already", "Nothing needs to be done.")
}
