//! Root's password, as a hash that a private server understands: crypt(5), SHA-512 with 5,000 rounds.

use rackwright_catalog::{Fault, FaultCode};
use sha_crypt::{Sha512Params, sha512_crypt_b64};

use crate::ports::Chance;

/// The letters of a salt (crypt(5)).
const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// # Errors
/// When the hash cannot be made.
pub(super) fn crypt(chance: &dyn Chance, password: &str, attempted: &str) -> Result<String, Fault> {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    for byte in &mut salt {
        *byte = LETTERS[usize::from(*byte % 64)];
    }
    let hash = sha512_crypt_b64(password.as_bytes(), &salt, &Sha512Params::default()).map_err(|_| {
        let advice = "Give another password, or a key.";
        Fault::new(FaultCode::Internal, attempted, "the password could not be hashed", advice)
    })?;
    Ok(format!("$6${}${hash}", String::from_utf8_lossy(&salt)))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Letters;
    impl Chance for Letters {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&[12; 16]);
        }
    }

    /// `openssl passwd -6 -salt AAAAAAAAAAAAAAAA 'correct horse'`
    #[test]
    fn it_is_the_hash_that_other_programs_make() {
        assert_eq!(
            crypt(&Letters, "correct horse", "test").expect("a hash"),
            "$6$AAAAAAAAAAAAAAAA$8W0Vbw/tphxheKmjTA2H.V.J3UJKqpJkRxiHmHw3eBFIFHBFCK29psFMNOmnTynnEl/9aaEfE5fGB/JlC3WZI1"
        );
    }
}
