//! The second factor: codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds), passkeys and recovery
//! codes.
//!
//! Attacker's input: a code of any kind, at most 32 characters long, by somebody who may know the password. Wrong ones are
//! counted like wrong passwords, apart from them, so that the right password does not forgive wrong codes.

use rackwright_catalog::actions::session::PasskeyAnswer;
use rackwright_catalog::{Fault, FaultCode, FieldProblem};
use rackwright_model::{Millis, UserId};
use rackwright_store::Connection;
use rackwright_store::factor::{TotpRow, recovery_take, totp_get, totp_take};
use rackwright_store::passkey::passkey_list;
use totp_rs::{Algorithm, TOTP};

use super::passkey::Proof;
use super::password;
use crate::caller::{Caller, Whence};
use crate::passkey::Purpose;
use crate::{Domain, Refusal, secret};

/// Seconds of a time step (RFC 6238, section 5.2, recommends it).
const STEP_S: i64 = 30;
/// Bytes of a secret (RFC 4226, section 4, recommends 160 bits).
pub(super) const SECRET_LEN: usize = 20;
/// Recovery codes that are given out at once.
const RECOVERY_CODES: usize = 10;

/// A code that fits, until it is taken.
pub(super) enum Code {
    Totp {
        /// As it is sealed.
        secret: String,
        step: i64,
    },
    /// Whether there is such a code shows when it is taken.
    Recovery {
        /// SHA-256.
        hash: String,
    },
    Passkey(Proof),
}

/// What somebody gave beside the password.
#[derive(Clone, Copy, Default)]
pub(super) struct Given<'a> {
    pub code: Option<&'a str>,
    pub passkey: Option<&'a PasskeyAnswer>,
}

impl Code {
    /// Use the code up. False when it was used before, or is no code at all.
    pub(super) fn take(&self, tx: &Connection, person: UserId, at: Millis) -> Result<bool, Refusal> {
        Ok(match self {
            Self::Totp { secret, step } => totp_take(tx, person, secret, *step, at)?,
            Self::Recovery { hash } => recovery_take(tx, person, hash, at)?,
            Self::Passkey(proof) => proof.take(tx, at).map(|()| true)?,
        })
    }
}

impl Domain {
    /// What signs this person in beside the password; none when there is no second factor. Wrong codes count until
    /// [`Self::forgive_codes`].
    ///
    /// # Errors
    /// One that names the field `code`: [`FaultCode::InvalidInput`] when it is missing, and then also the field `passkey`
    /// if that would do, [`FaultCode::NotSignedIn`] when it is wrong. [`FaultCode::TooMany`] after too many wrong ones.
    /// Those of [`Self::passkey_proof`].
    pub(super) async fn second(
        &self,
        whence: Whence,
        (person, name): (UserId, &str),
        given: Given<'_>,
        attempted: &str,
    ) -> Result<Option<Code>, Fault> {
        let (row, passkeys) = self
            .look(attempted, move |tx| Ok((totp_get(tx, person)?, passkey_list(tx, person)?.len())))
            .await?;
        let row = row.filter(|row| row.confirmed_at.is_some());
        if row.is_none() && passkeys == 0 {
            return Ok(None);
        }
        if let Some(answer) = given.passkey {
            let (_, proof) = self.passkey_proof(answer, Purpose::second(person), attempted).await?;
            return Ok(Some(Code::Passkey(proof)));
        }
        let Some(code) = given.code else { return Err(missing(passkeys > 0, attempted)) };
        self.code_tries
            .admit(name, whence.address, self.now())
            .map_err(|wait_s| super::proof::too_many(attempted, "codes", wait_s))?;
        let code = plain(code);
        if code.len() != 6 {
            return Ok(Some(Code::Recovery { hash: secret::fingerprint(&code) }));
        }
        let row = row.ok_or_else(|| wrong(attempted))?;
        let step = self.step_of(person, &row, &code, attempted)?;
        Ok(Some(Code::Totp { step: step.ok_or_else(|| wrong(attempted))?, secret: row.secret }))
    }

    /// A right code was taken.
    pub(super) fn forgive_codes(&self, whence: Whence, name: &str) {
        self.code_tries.forgive(name, whence.address, self.now());
    }

    /// The time step to which the code belongs: this one, the one before, or the next, for clocks that differ.
    pub(super) fn step_of(
        &self,
        person: UserId,
        row: &TotpRow,
        code: &str,
        attempted: &str,
    ) -> Result<Option<i64>, Fault> {
        let clear = self.secrets.open(&purpose(person), &row.secret).map_err(|error| {
            tracing::error!(user.id = person.0, "the secret of an authenticator app cannot be read: {error}");
            let advice = "Root on the Control Center removes it with: rackwright factor remove NAME";
            Fault::new(FaultCode::Internal, attempted, error.to_string(), advice)
        })?;
        let totp = totp(hex::decode(clear).unwrap_or_default(), String::new());
        let now = self.now().0 / 1_000 / STEP_S;
        let fits = |step: &i64| totp.check(code, u64::try_from(step * STEP_S).unwrap_or_default());
        Ok([now, now - 1, now + 1].into_iter().find(fits))
    }

    /// Proof of a person who is signed in: the present password, or a code, which is to be taken with the change.
    pub(super) async fn present(
        &self,
        caller: &Caller,
        person: UserId,
        (current, code): (Option<String>, Option<String>),
        attempted: &str,
    ) -> Result<Option<Code>, Fault> {
        match (current, code) {
            (Some(current), _) => self.know(caller, current, attempted).await.map(|()| None),
            (None, Some(code)) => {
                let name = &caller.actor.name;
                let given = Given { code: Some(&code), ..Given::default() };
                let code = self.second(caller.whence, (person, name), given, attempted).await;
                let code = code.map_err(|fault| signed_in(fault, attempted))?;
                // Nobody who has no second factor has a code that proves anything.
                code.map(Some).ok_or_else(|| signed_in(wrong(attempted), attempted))
            }
            (None, None) => {
                let problem = "is missing, and so is code: one of them shows that it is you";
                Err(Fault::invalid(attempted, vec![FieldProblem::new("current", problem)]))
            }
        }
    }

    /// New recovery codes, and what is stored of them.
    pub(super) fn recovery_codes(&self) -> (Vec<String>, Vec<String>) {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| password::random(&*self.ports.chance)).collect();
        let hashes = codes.iter().map(|code| secret::fingerprint(&plain(code))).collect();
        (codes, hashes)
    }
}

/// What the secret is sealed for.
pub(super) fn purpose(person: UserId) -> String {
    format!("totp {}", person.0)
}

/// The generator of codes. `name` stands in the app beside them.
pub(super) fn totp(secret: Vec<u8>, name: String) -> TOTP {
    // Each step is asked for by itself, so no skew here.
    TOTP::new_unchecked(
        Algorithm::SHA1,
        6,
        0,
        STEP_S.unsigned_abs(),
        secret,
        Some("Rackwright".to_owned()),
        name,
    )
}

/// A code as it is compared: people type spaces, hyphens and capitals.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Told only to whoever knew the password.
fn missing(passkey_too: bool, attempted: &str) -> Fault {
    let code =
        "is missing: beside the password this user gives a code of the authenticator app, or a recovery code";
    let mut problems = vec![FieldProblem::new("code", code)];
    if passkey_too {
        problems.push(FieldProblem::new("passkey", "is missing: it would do in place of the code"));
    }
    Fault::invalid(attempted, problems)
}

/// Told only to whoever knew the password.
pub(super) fn wrong(attempted: &str) -> Fault {
    let problem = FieldProblem::new("code", "is wrong or was used already");
    Fault {
        code: FaultCode::NotSignedIn,
        advice: "Wait for the next code of the app, or take a recovery code that was not used.".to_owned(),
        ..Fault::invalid(attempted, vec![problem])
    }
}

/// The same for somebody who is signed in: it is the field that is wrong.
fn signed_in(fault: Fault, attempted: &str) -> Fault {
    match fault.code {
        FaultCode::NotSignedIn => Fault { code: FaultCode::InvalidInput, ..wrong(attempted) },
        _ => fault,
    }
}

/// Take the code of somebody who is signed in, if it was one that proved it.
pub(super) fn take_present(
    tx: &Connection,
    code: Option<&Code>,
    person: UserId,
    at: Millis,
    attempted: &str,
) -> Result<(), Refusal> {
    match code {
        Some(code) if !code.take(tx, person, at)? => Err(signed_in(wrong(attempted), attempted).into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, of which six digits are used.
        let totp = totp(b"12345678901234567890".to_vec(), "robin".to_owned());
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(totp.generate(at), code);
        }
        assert!(totp.check("287082", 59) && !totp.check("287082", 60), "no skew of its own");
        let uri = totp.get_url();
        assert!(uri.starts_with("otpauth://totp/Rackwright:robin?secret=GEZDGNBVGY3TQOJQ"), "{uri}");
    }
}
