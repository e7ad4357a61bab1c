//! Who the other end is.
//!
//! The provisioning environment knows the SHA-256 of the authority's certificate (kernel command line) and finds the certificate
//! itself in the chain that the server presents; an installed agent has the certificate. Both then check that the server's
//! certificate is signed by it and names the IP address that was dialled.
//!
//! A server fresh out of the box may believe it is the year 2000, so a certificate that is *not yet* valid by our clock is
//! judged by its own first second. An expired one stays refused.

use std::sync::Arc;

use ring::digest::{SHA256, digest};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// What the machine knows of the authority beforehand.
#[derive(Debug)]
pub enum Trust {
    /// SHA-256 of its certificate in DER.
    Pin([u8; 32]),
    /// Its certificate.
    Certificate(CertificateDer<'static>),
    /// There is none: the other end has the one certificate with this SHA-256, made for this one connection.
    Only([u8; 32]),
}

/// Checks a server against [`Trust`].
#[derive(Debug)]
pub struct Authority {
    pub trust: Trust,
    pub provider: Arc<CryptoProvider>,
}

impl Authority {
    fn certificate(&self, presented: &[CertificateDer<'_>]) -> Result<CertificateDer<'static>, Error> {
        match &self.trust {
            Trust::Only(_) => {
                Err(Error::General("another server answers than the one that was told of".to_owned()))
            }
            Trust::Certificate(certificate) => Ok(certificate.clone()),
            Trust::Pin(pin) => presented
                .iter()
                .find(|certificate| digest(&SHA256, certificate).as_ref() == pin)
                .map(|certificate| certificate.clone().into_owned())
                .ok_or_else(|| Error::General(
                    "the server presented no authority with the SHA-256 given on the kernel command line (rackwright.ca)".to_owned(),
                )),
        }
    }
}

impl ServerCertVerifier for Authority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // Whoever names the very certificate has said all there is to say of its name and its dates.
        if let Trust::Only(pin) = &self.trust
            && digest(&SHA256, end_entity).as_ref() == pin
        {
            return Ok(ServerCertVerified::assertion());
        }
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate(intermediates)?)?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
                .build()
                .map_err(|why| Error::General(format!("the authority cannot be used: {why}")))?;
        let verify =
            |at| verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        match verify(now) {
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
                verify(not_before)
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
