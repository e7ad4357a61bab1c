//! Passkeys: the checks of a relying party (W3C Web Authentication, level 3, sections 7.1 and 7.2), without attestation.
//!
//! Attacker's input: everything here. What comes from a browser is bounded by the catalogue before it is decoded; nothing of
//! it is believed before it was checked.

mod attestation;
mod authenticator_data;
mod challenge;
mod client_data;
mod public_key;
mod relying_party;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

pub(crate) use challenge::Purpose;
pub(crate) use public_key::ALGORITHMS;

use authenticator_data::AuthenticatorData;
use client_data::{Ceremony, ClientData};
use public_key::PublicKey;

/// How long a person may take, from the challenge to the answer.
pub(crate) const LASTS_MS: i64 = 5 * 60_000;
/// Bytes of the longest id of a credential (section 4, "Credential ID").
const MOST_ID_BYTES: usize = 1_023;

/// Why what a browser sent is not believed, in words that follow "the passkey was not taken: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("{0} is not base64url")]
    Encoding(&'static str),
    #[error("the client data cannot be read")]
    ClientData,
    #[error("the client data is of another ceremony")]
    Ceremony,
    #[error("the challenge is not one of this Control Center for this purpose")]
    Challenge,
    #[error("more than five minutes went by; begin again")]
    Late,
    #[error("it was made for another address than that of this panel")]
    Origin,
    #[error("it was made in a frame of another site")]
    Framed,
    #[error("the attestation object cannot be read")]
    Attestation,
    #[error("it comes with an attestation, and none is taken")]
    Attested,
    #[error("the authenticator data cannot be read")]
    AuthenticatorData,
    #[error("it belongs to another host name")]
    HostName,
    #[error("nobody touched the authenticator")]
    Absent,
    #[error("the authenticator did not check who uses it (PIN, finger or face)")]
    Unverified,
    #[error("the flags of the authenticator contradict each other")]
    Flags,
    #[error("the key is of no kind that is taken (ES256, EdDSA, RS256)")]
    Key,
    #[error("nobody here has it, or its signature does not fit")]
    Signature,
}

/// A credential that was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// base64url.
    pub credential: String,
    /// The public key as a COSE_Key (RFC 9052, section 7), in base64url.
    pub public_key: String,
    pub counter: u32,
}

/// What was answered to a challenge.
pub(crate) struct Answer<'a> {
    pub client_data: &'a str,
    pub authenticator_data: &'a str,
    pub signature: &'a str,
}

/// What must hold for an answer.
pub(crate) struct Expected<'a> {
    /// base64url, as the browser repeats it.
    pub challenge: &'a str,
    pub origin: &'a str,
    pub rp_id: &'a str,
    /// Whether the authenticator must have checked who uses it.
    pub verified: bool,
}

/// The challenge that the client data repeats. It is the server's own only when it opens.
///
/// # Errors
/// When the client data cannot be read.
pub(crate) fn challenge_in(client_data: &str) -> Result<String, Unfit> {
    Ok(ClientData::read(&bytes("client_data", client_data)?)?.challenge)
}

/// Check what `navigator.credentials.create` gave (section 7.1).
///
/// # Errors
/// The first check that fails.
pub(crate) fn made(client_data: &str, attestation: &str, expected: &Expected<'_>) -> Result<Made, Unfit> {
    let client = bytes("client_data", client_data)?;
    ClientData::read(&client)?.check(Ceremony::Create, expected)?;
    let data = attestation::authenticator_data(&bytes("attestation", attestation)?)?;
    let data = AuthenticatorData::read(&data)?;
    data.check(expected)?;
    let fresh = data.fresh.ok_or(Unfit::AuthenticatorData)?;
    if fresh.credential.is_empty() || fresh.credential.len() > MOST_ID_BYTES {
        return Err(Unfit::AuthenticatorData);
    }
    PublicKey::read(&fresh.public_key)?;
    Ok(Made {
        credential: URL_SAFE_NO_PAD.encode(fresh.credential),
        public_key: URL_SAFE_NO_PAD.encode(fresh.public_key),
        counter: data.counter,
    })
}

/// Check what `navigator.credentials.get` gave (section 7.2) against a stored public key; the counter that it came with.
///
/// # Errors
/// The first check that fails.
pub(crate) fn answered(answer: &Answer<'_>, public_key: &str, expected: &Expected<'_>) -> Result<u32, Unfit> {
    let client = bytes("client_data", answer.client_data)?;
    ClientData::read(&client)?.check(Ceremony::Get, expected)?;
    let raw = bytes("authenticator_data", answer.authenticator_data)?;
    let data = AuthenticatorData::read(&raw)?;
    data.check(expected)?;
    let key = PublicKey::read(&bytes("public_key", public_key)?)?;
    let signed = [raw.as_slice(), digest(&SHA256, &client).as_ref()].concat();
    key.verify(&signed, &bytes("signature", answer.signature)?)?;
    Ok(data.counter)
}

/// Whether a counter shows that the authenticator was copied (section 6.1.1). Zero throughout means that it counts nothing.
pub(crate) fn is_copied(stored: u32, now: u32) -> bool {
    (stored != 0 || now != 0) && now <= stored
}

fn bytes(what: &'static str, text: &str) -> Result<Vec<u8>, Unfit> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Unfit::Encoding(what))
}

#[cfg(test)]
mod tests;
