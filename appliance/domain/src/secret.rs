//! Secrets at rest: ChaCha20-Poly1305 under a key that lies beside the database, never in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::ports::Chance;

/// The key that opens stored secrets.
pub struct SecretKey {
    seals: LessSafeKey,
    marks: hmac::Key,
}

/// The stored secret does not open with this key.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret cannot be opened; the key file does not belong to this database")]
pub struct Unopened;

impl SecretKey {
    /// Bytes of a key.
    pub const LEN: usize = 32;

    #[must_use]
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).expect("the length is the algorithm's");
        // Another key for another use (RFC 5869 section 3.2), so that neither says anything about the other.
        let marks = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), b"rackwright input mac");
        Self { seals: LessSafeKey::new(key), marks: hmac::Key::new(hmac::HMAC_SHA256, marks.as_ref()) }
    }

    /// HMAC-SHA-256 (RFC 2104) of a text that may hold secrets, in hexadecimal: tells whether two are the same, and to
    /// whoever lacks this key nothing else.
    #[must_use]
    pub fn mac(&self, text: &str) -> String {
        hex::encode(hmac::sign(&self.marks, text.as_bytes()))
    }

    /// Close `clear`; opens only with the same `purpose`.
    #[must_use]
    pub fn seal(&self, chance: &dyn Chance, purpose: &str, clear: &str) -> String {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        let mut body = clear.as_bytes().to_vec();
        self.seals
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut body,
            )
            .expect("a secret is far below the algorithm's limit");
        BASE64.encode([nonce.as_slice(), &body].concat())
    }

    /// # Errors
    /// [`Unopened`] when the text was sealed with another key or for another purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, Unopened> {
        let mut bytes = BASE64.decode(sealed).map_err(|_| Unopened)?;
        if bytes.len() < NONCE_LEN {
            return Err(Unopened);
        }
        let mut body = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| Unopened)?;
        let clear = self
            .seals
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body)
            .map_err(|_| Unopened)?;
        String::from_utf8(clear.to_vec()).map_err(|_| Unopened)
    }
}

/// HMAC-SHA-256 (RFC 2104) of a text under a secret that somebody else knows too, in hexadecimal.
#[must_use]
pub fn signature(secret: &str, text: &str) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), text.as_bytes()))
}

/// A random credential with a prefix that tells what it is, such as `rws_5f…`.
#[must_use]
pub fn credential(chance: &dyn Chance, prefix: &str) -> String {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    format!("{prefix}_{}", hex::encode(bytes))
}

/// A random name for something that people point at; it proves nothing.
#[must_use]
pub fn short_id(chance: &dyn Chance) -> String {
    let mut bytes = [0; 6];
    chance.fill(&mut bytes);
    hex::encode(bytes)
}

/// What is stored of a credential.
#[must_use]
pub fn fingerprint(credential: &str) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, credential.as_bytes()))
}

/// Whether a text is a SHA-256 as [`fingerprint`] writes it: 64 digits in lower case.
pub(crate) fn is_fingerprint(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;
    impl Chance for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn signs_as_everybody_does() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", "what do ya want for nothing?"), expected);
    }

    #[test]
    fn opens_only_with_the_same_key_and_purpose() {
        let key = SecretKey::new(&[1; 32]);
        let sealed = key.seal(&Sevens, "bmc 1", "hush");
        assert!(!sealed.contains("hush"));
        assert_eq!(key.open("bmc 1", &sealed).expect("ours"), "hush");
        assert!(key.open("bmc 2", &sealed).is_err());
        assert!(SecretKey::new(&[2; 32]).open("bmc 1", &sealed).is_err());
        assert!(key.open("bmc 1", "AAAA").is_err());
    }
}
