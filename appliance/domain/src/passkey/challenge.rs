//! Challenges (section 13.4.3). Each is sealed: it carries what it is for and until when, so that strangers who ask for many
//! fill nothing. That it is taken once is written down when it is taken.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rackwright_model::{Millis, UserId};
use serde::{Deserialize, Serialize};

use super::{LASTS_MS, Unfit};
use crate::{Domain, secret};

/// What challenges are sealed for.
const SEAL: &str = "passkey challenge";

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// A new passkey of this person.
    Create(i64),
    /// Signing in with the passkey alone.
    SignIn,
    /// Signing in as this person, beside the password.
    Second(i64),
}

impl Purpose {
    pub fn create(person: UserId) -> Self {
        Self::Create(person.0)
    }

    pub fn second(person: UserId) -> Self {
        Self::Second(person.0)
    }
}

/// What a challenge carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Challenge {
    purpose: Purpose,
    /// Where the panel is open.
    pub origin: String,
    pub expires_at: Millis,
}

impl Domain {
    /// A challenge, in base64url.
    pub(crate) fn challenge(&self, purpose: Purpose, origin: &str) -> String {
        let carried = Challenge { purpose, origin: origin.to_owned(), expires_at: self.now().plus(LASTS_MS) };
        let text = serde_json::to_string(&carried).expect("plain values become JSON");
        let sealed = self.secrets.seal(&*self.ports.chance, SEAL, &text);
        URL_SAFE_NO_PAD.encode(STANDARD.decode(sealed).expect("a seal is base64"))
    }

    /// What a challenge carries, when it is one for this purpose that still lasts; and its SHA-256.
    pub(crate) fn opened_challenge(
        &self,
        challenge: &str,
        purpose: Purpose,
    ) -> Result<(Challenge, String), Unfit> {
        let bytes = URL_SAFE_NO_PAD.decode(challenge).map_err(|_| Unfit::Challenge)?;
        let text = self.secrets.open(SEAL, &STANDARD.encode(bytes)).map_err(|_| Unfit::Challenge)?;
        let carried: Challenge = serde_json::from_str(&text).map_err(|_| Unfit::Challenge)?;
        if carried.purpose != purpose {
            return Err(Unfit::Challenge);
        }
        if carried.expires_at.0 <= self.now().0 {
            return Err(Unfit::Late);
        }
        Ok((carried, secret::fingerprint(challenge)))
    }
}
