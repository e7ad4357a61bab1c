//! The key of this server and the certificate request (PKCS #10, RFC 2986) made with it.

use std::path::Path;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};

use super::EnrolError;
use crate::files;

/// The key in the file at `path`; made and stored there (mode 0600) when there is none.
pub fn key(path: &Path) -> Result<KeyPair, EnrolError> {
    if let Some(pem) = files::read_if_there(path)? {
        return Ok(KeyPair::from_pem(&pem)?);
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    files::replace(path, key.serialize_pem().as_bytes(), 0o600)?;
    Ok(key)
}

/// A request in PEM. The Control Center decides the names in the certificate; the one here says only what asks.
pub fn sign(key: &KeyPair) -> Result<String, EnrolError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "rackwright-agent");
    Ok(params.serialize_request(key)?.pem()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("agent.key");
        let first = key(&path).expect("made").serialize_pem();
        assert_eq!(key(&path).expect("read").serialize_pem(), first);
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_request_carries_the_public_key() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let key = key(&dir.path().join("agent.key")).expect("made");
        let csr = rcgen::CertificateSigningRequestParams::from_pem(&sign(&key).expect("signed"))
            .expect("well formed");
        assert_eq!(rcgen::PublicKeyData::der_bytes(&csr.public_key), rcgen::PublicKeyData::der_bytes(&key));
    }
}
