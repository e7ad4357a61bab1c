//! By what a Control Center is recognised. It has a certificate authority of its own, so the authorities that browsers
//! trust say nothing about it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};

/// By what a Control Center is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// By certificates in a PEM file: its authority.
    CaFile(PathBuf),
    /// By the SHA-256 of its certificate, or of an authority that it shows with it.
    Fingerprint(Fingerprint),
    /// By nothing yet: every connection is refused, and the fault shows the fingerprint to compare.
    Unknown,
}

/// SHA-256 of a certificate in DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// The text is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a SHA-256 fingerprint; write 64 hexadecimal digits, with or without colons")]
pub struct BadFingerprint(String);

impl Fingerprint {
    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    /// Accepts colons between the pairs, either case, and `sha256:` in front.
    fn from_str(text: &str) -> Result<Self, BadFingerprint> {
        let bad = || BadFingerprint(text.chars().take(100).collect());
        let lower = text.trim().to_ascii_lowercase();
        let digits: String =
            lower.strip_prefix("sha256:").unwrap_or(&lower).chars().filter(|c| *c != ':').collect();
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| bad())?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A certificate that was not accepted.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    /// Of the last certificate shown: the authority's, or the only one.
    pub fingerprint: Fingerprint,
    pub why: String,
}

/// Checks the certificate of a Control Center and remembers a refusal, to put it in words.
#[derive(Debug)]
pub(super) struct Guard {
    trust: Trust,
    roots: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<Refused>>,
}

impl Trust {
    /// A TLS configuration that accepts only what is trusted.
    pub(super) fn client_config(&self, action: &str) -> Result<(Arc<Guard>, ClientConfig), Fault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = match self {
            Self::CaFile(path) => Some(verifier_of_file(path, &provider, action)?),
            Self::Fingerprint(_) | Self::Unknown => None,
        };
        let guard = Arc::new(Guard {
            trust: self.clone(),
            roots,
            provider: Arc::clone(&provider),
            refused: Mutex::default(),
        });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                Fault::new(
                    FaultCode::Internal,
                    attempt(action),
                    format!("TLS cannot start: {error}"),
                    "Report this as a bug.",
                )
            })?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&guard) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        Ok((guard, config))
    }
}

fn verifier_of_file(
    path: &Path,
    provider: &Arc<CryptoProvider>,
    action: &str,
) -> Result<Arc<WebPkiServerVerifier>, Fault> {
    let unreadable = |why: String| {
        Fault::new(
            FaultCode::InvalidInput,
            attempt(action),
            format!("{} holds no certificate to trust: {why}", path.display()),
            "Give --ca the PEM file of the Control Center's authority (ca.pem in its data directory).",
        )
    };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        store.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
        .build()
        .map_err(|error| unreadable(error.to_string()))
}

impl Guard {
    /// The certificate that was not accepted, if that is why the handshake failed.
    pub fn refused(&self) -> Option<Refused> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A verifier that trusts the one authority among `shown` that has the fingerprint.
    fn pinned(
        &self,
        shown: &[CertificateDer<'_>],
        pin: Fingerprint,
    ) -> Result<Arc<WebPkiServerVerifier>, Error> {
        let Some(authority) = shown.iter().find(|certificate| Fingerprint::of(certificate) == pin) else {
            return Err(Error::General(format!("none of the certificates shown has the fingerprint {pin}")));
        };
        let mut store = RootCertStore::empty();
        store.add(authority.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&self.provider))
            .build()
            .map_err(|error| Error::General(error.to_string()))
    }

    fn verifier(&self, shown: &[CertificateDer<'_>]) -> Result<Arc<WebPkiServerVerifier>, Error> {
        match (&self.trust, &self.roots) {
            (Trust::Fingerprint(pin), _) => self.pinned(shown, *pin),
            (Trust::CaFile(_), Some(roots)) => Ok(Arc::clone(roots)),
            (Trust::CaFile(_) | Trust::Unknown, _) => {
                Err(Error::General("neither --ca nor --fingerprint says what to trust".to_owned()))
            }
        }
    }
}

impl ServerCertVerifier for Guard {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // Whoever pins the very certificate has said all there is to say about its name and its dates.
        if self.trust == Trust::Fingerprint(Fingerprint::of(end_entity)) {
            return Ok(ServerCertVerified::assertion());
        }
        let checked = self.verifier(intermediates).and_then(|verifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        });
        if let Err(error) = &checked {
            let fingerprint = Fingerprint::of(intermediates.last().unwrap_or(end_entity));
            let refused = Refused { fingerprint, why: in_words(error) };
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(refused);
        }
        checked
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn in_words(error: &Error) -> String {
    match error {
        Error::General(why) => why.clone(),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "another authority signed it".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fingerprints_come_back_in_every_writing(bytes: [u8; 32]) {
            let print = Fingerprint(bytes);
            let colons = hex::encode_upper(bytes).as_bytes().chunks(2).map(|pair| format!("{}{}", pair[0] as char, pair[1] as char))
                .collect::<Vec<_>>().join(":");
            prop_assert_eq!(print.to_string().parse(), Ok(print));
            prop_assert_eq!(colons.parse(), Ok(print));
            prop_assert_eq!(format!("SHA256:{colons}").parse(), Ok(print));
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}") {
            let _ = text.parse::<Fingerprint>();
        }
    }
}
