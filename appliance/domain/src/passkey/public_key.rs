//! Public keys as COSE has them (RFC 9053), of the three kinds that authenticators make: ES256, EdDSA and RS256.

use ciborium::Value;
use coset::iana::{self, EnumI64};
use coset::{Algorithm, CborSerializable, CoseKey, KeyType, Label};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::Unfit;

/// What is asked of authenticators, the best first, by the numbers of the IANA registry "COSE Algorithms".
pub(crate) const ALGORITHMS: [i32; 3] = [-8, -7, -257];

pub(super) enum PublicKey {
    /// A point of P-256 in the uncompressed form (SEC 1, section 2.3.3).
    Es256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rs256 {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl PublicKey {
    pub fn read(bytes: &[u8]) -> Result<Self, Unfit> {
        let key = CoseKey::from_slice(bytes).map_err(|_| Unfit::Key)?;
        Self::of(&key).ok_or(Unfit::Key)
    }

    fn of(key: &CoseKey) -> Option<Self> {
        let (KeyType::Assigned(kind), Some(Algorithm::Assigned(algorithm))) = (&key.kty, &key.alg) else {
            return None;
        };
        match (kind, algorithm) {
            (iana::KeyType::EC2, iana::Algorithm::ES256) => {
                let curve = number(key, iana::Ec2KeyParameter::Crv)?;
                let (x, y) = (bytes(key, iana::Ec2KeyParameter::X)?, bytes(key, iana::Ec2KeyParameter::Y)?);
                let fits = curve == iana::EllipticCurve::P_256.to_i64() && x.len() == 32 && y.len() == 32;
                fits.then(|| Self::Es256([&[4], x, y].concat()))
            }
            (iana::KeyType::OKP, iana::Algorithm::EdDSA) => {
                let curve = number(key, iana::OkpKeyParameter::Crv)?;
                let x = bytes(key, iana::OkpKeyParameter::X)?;
                let fits = curve == iana::EllipticCurve::Ed25519.to_i64() && x.len() == 32;
                fits.then(|| Self::Ed25519(x.to_vec()))
            }
            (iana::KeyType::RSA, iana::Algorithm::RS256) => {
                let (n, e) = (bytes(key, iana::RsaKeyParameter::N)?, bytes(key, iana::RsaKeyParameter::E)?);
                // What the check of signatures takes: 2,048 to 8,192 bits.
                (256..=1_024).contains(&n.len()).then(|| Self::Rs256 { n: n.to_vec(), e: e.to_vec() })
            }
            _ => None,
        }
    }

    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Unfit> {
        let fits = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        fits.map_err(|_| Unfit::Signature)
    }
}

fn param(key: &CoseKey, name: impl EnumI64) -> Option<&Value> {
    let label = Label::Int(name.to_i64());
    key.params.iter().find(|(known, _)| *known == label).map(|(_, value)| value)
}

fn number(key: &CoseKey, name: impl EnumI64) -> Option<i64> {
    param(key, name)?.as_integer()?.try_into().ok()
}

fn bytes(key: &CoseKey, name: impl EnumI64) -> Option<&[u8]> {
    param(key, name)?.as_bytes().map(Vec::as_slice)
}
