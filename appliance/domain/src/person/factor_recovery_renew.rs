//! New recovery codes in place of the old ones.

use rackwright_catalog::actions::factor::{FactorRecoveryRenew, FactorRecoveryRenewInput, RecoveryCodes};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::{recovery_put, totp_get};
use rackwright_store::passkey::passkey_list;

use super::second::take_present;
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<FactorRecoveryRenew, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FactorRecoveryRenewInput) -> Result<RecoveryCodes, Fault> {
        let attempted = "renew recovery codes";
        super::not_as_guest(&caller.actor, attempted)?;
        let person = super::account(&caller.actor, attempted, "second factor")?;
        let code = self.present(caller, person, (input.current, input.code), attempted).await?;
        let by_code = code.is_some();
        let (codes, hashes) = self.recovery_codes();
        let at = self.now();
        self.change(caller, attempted, move |tx| {
            take_present(tx, code.as_ref(), person, at, attempted)?;
            let app = totp_get(tx, person)?.is_some_and(|row| row.confirmed_at.is_some());
            if !app && passkey_list(tx, person)?.is_empty() {
                let advice = "Set one up first: rackwright factor totp-begin";
                return Err(conflict(attempted, "you have no second factor", advice).into());
            }
            Ok(recovery_put(tx, person, &hashes, at)?)
        })
        .await?;
        if by_code {
            self.forgive_codes(caller.whence, &caller.actor.name);
        }
        Ok(RecoveryCodes {
            codes,
            message: "The recovery codes from before are worth nothing now.".to_owned(),
        })
    }
}
