//! The first code of an authenticator app. From now on sign-ins ask for one.

use rackwright_catalog::actions::factor::{FactorTotpConfirm, FactorTotpConfirmInput, RecoveryCodes};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::factor::{recovery_put, totp_confirm, totp_get};

use super::second::plain;
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<FactorTotpConfirm, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FactorTotpConfirmInput) -> Result<RecoveryCodes, Fault> {
        let attempted = "confirm an authenticator app";
        super::not_as_guest(&caller.actor, attempted)?;
        let person = super::account(&caller.actor, attempted, "second factor")?;
        let row = self.look(attempted, move |tx| Ok(totp_get(tx, person)?)).await?;
        let row = row.filter(|row| row.confirmed_at.is_none()).ok_or_else(nothing_waits)?;
        // Else whoever found a session open could try all codes of an app that waits, and be handed recovery codes.
        let name = &caller.actor.name;
        self.code_tries
            .admit(name, caller.whence.address, self.now())
            .map_err(|wait_s| super::proof::too_many(attempted, "codes", wait_s))?;
        let step = self.step_of(person, &row, &plain(&input.code), attempted)?.ok_or_else(|| {
            let problem =
                "is not what the app should show now; are the clocks of both right to half a minute?";
            Fault::invalid(attempted, vec![FieldProblem::new("code", problem)])
        })?;
        let (codes, hashes) = self.recovery_codes();
        let at = self.now();
        self.change(caller, attempted, move |tx| {
            if !totp_confirm(tx, person, &row.secret, step, at)? {
                return Err(nothing_waits().into());
            }
            Ok(recovery_put(tx, person, &hashes, at)?)
        })
        .await?;
        self.forgive_codes(caller.whence, name);
        Ok(RecoveryCodes {
            codes,
            message:
                "Sign-ins ask for a code from now on. Keep these recovery codes where the phone is not: each \
                      signs in once in place of a code."
                    .to_owned(),
        })
    }
}

fn nothing_waits() -> Fault {
    conflict(
        "confirm an authenticator app",
        "no authenticator app waits for its first code",
        "Begin with: rackwright factor totp-begin",
    )
}
