//! Whose passkey it is, and whether it answered what it was asked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rackwright_catalog::actions::session::PasskeyAnswer;
use rackwright_catalog::{Fault, FaultCode, FieldProblem};
use rackwright_model::{Millis, UserId};
use rackwright_store::Connection;
use rackwright_store::passkey::{PasskeyRow, passkey_challenge_take, passkey_of, passkey_use};
use rackwright_store::person::person_get;

use crate::passkey::{Answer, Expected, Purpose, Unfit, answered, challenge_in, is_copied};
use crate::{Domain, Refusal};

/// An answer that fits, until it is taken.
pub(super) struct Proof {
    credential: String,
    counter: u32,
    /// SHA-256 of the challenge.
    mark: String,
    expires_at: Millis,
    attempted: String,
}

impl Proof {
    /// Use the answer up.
    ///
    /// # Errors
    /// As [`Domain::passkey_proof`], when it was used before, or the passkey is gone or seems to have been copied.
    pub(super) fn take(&self, tx: &Connection, at: Millis) -> Result<(), Refusal> {
        if !passkey_challenge_take(tx, &self.mark, at, self.expires_at)? {
            return Err(untaken("passkey", Unfit::Challenge, &self.attempted).into());
        }
        let row = passkey_of(tx, &self.credential)?
            .ok_or_else(|| untaken("passkey", Unfit::Signature, &self.attempted))?;
        if is_copied(row.counter, self.counter) {
            let owner = person_get(tx, row.person)?.map(|person| person.name).unwrap_or_default();
            tracing::warn!(user.name = owner, passkey.id = row.id, "a passkey seems to have been copied");
            return Err(copied(&row, &owner, &self.attempted).into());
        }
        Ok(passkey_use(tx, &row.id, self.counter, at)?)
    }
}

impl Domain {
    /// What authenticators call a person by (section 14.6.1): it says nothing of who that is to whoever finds the key.
    pub(super) fn handle_of(&self, person: UserId) -> String {
        self.secrets.mac(&format!("passkey handle {}", person.0))
    }

    /// The passkey that answered.
    ///
    /// # Errors
    /// [`FaultCode::InvalidInput`] at the field `passkey`, in the same words for a passkey that nobody has and one whose
    /// signature does not fit. When it is taken, also [`FaultCode::NotSignedIn`]: the passkey seems to have been copied.
    pub(super) async fn passkey_proof(
        &self,
        answer: &PasskeyAnswer,
        purpose: Purpose,
        attempted: &str,
    ) -> Result<(PasskeyRow, Proof), Fault> {
        let unfit = |error| untaken("passkey", error, attempted);
        let challenge = challenge_in(&answer.client_data).map_err(unfit)?;
        let (carried, mark) = self.opened_challenge(&challenge, purpose).map_err(unfit)?;
        let host = self.relying_party(&carried.origin, attempted).await?;
        let credential = answer.credential.trim_end_matches('=').to_owned();
        let row = self.look(attempted, move |tx| Ok(passkey_of(tx, &credential)?)).await?;
        let row = row.ok_or_else(|| unfit(Unfit::Signature))?;
        if row.host != host {
            return Err(unfit(Unfit::HostName));
        }
        let alone = purpose == Purpose::SignIn;
        let of_this = alone || purpose == Purpose::second(row.person);
        if !of_this || !self.handle_fits(&row, answer.handle.as_deref(), alone) {
            return Err(unfit(Unfit::Signature));
        }
        let expected =
            Expected { challenge: &challenge, origin: &carried.origin, rp_id: &host, verified: alone };
        let answer = Answer {
            client_data: &answer.client_data,
            authenticator_data: &answer.authenticator_data,
            signature: &answer.signature,
        };
        let counter = answered(&answer, &row.public_key, &expected).map_err(unfit)?;
        let proof = Proof {
            credential: row.credential.clone(),
            counter,
            mark,
            expires_at: carried.expires_at,
            attempted: attempted.to_owned(),
        };
        Ok((row, proof))
    }

    /// An answer that stands alone must say whose it is; one beside a password need not.
    fn handle_fits(&self, row: &PasskeyRow, handle: Option<&str>, needed: bool) -> bool {
        match handle.filter(|handle| !handle.is_empty()) {
            Some(handle) => {
                let given = URL_SAFE_NO_PAD.decode(handle.trim_end_matches('=')).unwrap_or_default();
                given == self.handle_of(row.person).as_bytes()
            }
            None => !needed,
        }
    }
}

/// The passkey was not taken, and why.
pub(super) fn untaken(field: &str, error: Unfit, attempted: &str) -> Fault {
    let reason = format!("the passkey was not taken: {error}");
    Fault {
        advice: "Try again, or do it another way.".to_owned(),
        fields: vec![FieldProblem::new(field, reason.clone())],
        ..Fault::new(FaultCode::InvalidInput, attempted, reason, "")
    }
}

fn copied(row: &PasskeyRow, owner: &str, attempted: &str) -> Fault {
    let problem = format!(
        "the passkey {:?} of {owner} has counted further elsewhere: somebody may have copied it, so it signs nobody in",
        row.label
    );
    Fault {
        code: FaultCode::NotSignedIn,
        advice: "Sign in another way, remove this passkey, and make a new one.".to_owned(),
        ..Fault::invalid(attempted, vec![FieldProblem::new("passkey", problem)])
    }
}
