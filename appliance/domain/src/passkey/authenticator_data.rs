//! What the authenticator says (section 6.1): a hash, a byte of flags, a counter; then a fresh credential and extensions.

use ciborium::Value;
use ring::digest::{SHA256, digest};

use super::{Expected, Unfit};

/// Levels of CBOR that are followed.
const DEPTH: usize = 8;

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData {
    rp_id_hash: [u8; 32],
    flags: u8,
    pub counter: u32,
    pub fresh: Option<Fresh>,
}

/// A credential that was made just now (section 6.5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fresh {
    pub credential: Vec<u8>,
    /// A COSE_Key, as it came.
    pub public_key: Vec<u8>,
}

impl AuthenticatorData {
    pub fn read(bytes: &[u8]) -> Result<Self, Unfit> {
        Self::parts(bytes).ok_or(Unfit::AuthenticatorData)
    }

    /// None when it is too short, or too long.
    fn parts(bytes: &[u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (&flags, rest) = rest.split_first()?;
        let (counter, mut rest) = rest.split_first_chunk::<4>()?;
        let fresh = if flags & ATTESTED == 0 {
            None
        } else {
            let (_aaguid, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let (credential, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            let public_key = item(after)?;
            rest = &after[public_key.len()..];
            Some(Fresh { credential: credential.to_vec(), public_key: public_key.to_vec() })
        };
        if flags & EXTENDED != 0 {
            rest = &rest[item(rest)?.len()..];
        }
        rest.is_empty().then(|| Self {
            rp_id_hash: *rp_id_hash,
            flags,
            counter: u32::from_be_bytes(*counter),
            fresh,
        })
    }

    pub fn check(&self, expected: &Expected<'_>) -> Result<(), Unfit> {
        if self.rp_id_hash != digest(&SHA256, expected.rp_id.as_bytes()).as_ref() {
            return Err(Unfit::HostName);
        }
        if self.flags & PRESENT == 0 {
            return Err(Unfit::Absent);
        }
        if expected.verified && self.flags & VERIFIED == 0 {
            return Err(Unfit::Unverified);
        }
        // Sections 7.1 step 17 and 7.2 step 19.
        if self.flags & BACKED_UP != 0 && self.flags & BACKUP_ELIGIBLE == 0 {
            return Err(Unfit::Flags);
        }
        Ok(())
    }
}

/// The bytes of the first CBOR item.
fn item(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    let _: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH).ok()?;
    bytes.get(..bytes.len() - rest.len())
}
