//! TLS settings: version 1.3 only, *ring* only, no session cache (it would cost an idle agent 64 kB).

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, client::WantsClientCert};

use super::verify::{Authority, Trust};

/// The settings cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{what} holds no usable certificate or key; enrol the server again")]
    Pem {
        what: &'static str,
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    #[error("certificate and key do not fit together; enrol the server again")]
    Identity(#[source] rustls::Error),
    #[error("TLS 1.3 is not available")]
    Version(#[source] rustls::Error),
}

fn builder(trust: Trust) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    Ok(ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(TlsError::Version)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Authority { trust, provider })))
}

fn finish(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

fn authority(pem: &str) -> Result<Trust, TlsError> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map(Trust::Certificate)
        .map_err(|source| TlsError::Pem { what: "the authority's certificate", source })
}

/// For the provisioning environment: the authority by the SHA-256 of its certificate, no client certificate.
///
/// # Errors
/// [`TlsError::Version`], which a build with *ring* does not give.
pub fn pinned(pin: [u8; 32]) -> Result<Arc<ClientConfig>, TlsError> {
    Ok(finish(builder(Trust::Pin(pin))?.with_no_client_auth()))
}

/// For one connection to a server whose very certificate has this SHA-256; no client certificate.
///
/// # Errors
/// As [`pinned`].
pub fn only(pin: [u8; 32]) -> Result<Arc<ClientConfig>, TlsError> {
    Ok(finish(builder(Trust::Only(pin))?.with_no_client_auth()))
}

/// For enrolment: the authority by its certificate, no client certificate.
///
/// # Errors
/// [`TlsError::Pem`] when the certificate cannot be read.
pub fn anonymous(authority_pem: &str) -> Result<Arc<ClientConfig>, TlsError> {
    Ok(finish(builder(authority(authority_pem)?)?.with_no_client_auth()))
}

/// For a managed agent: the authority by its certificate, and the agent's own certificate and key.
///
/// # Errors
/// [`TlsError::Pem`] when one of them cannot be read, [`TlsError::Identity`] when they do not fit.
pub fn identified(
    authority_pem: &str,
    certificate_pem: &str,
    key_pem: &str,
) -> Result<Arc<ClientConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(certificate_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| TlsError::Pem { what: "the agent's certificate", source })?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes())
        .map_err(|source| TlsError::Pem { what: "the agent's key", source })?;
    let config =
        builder(authority(authority_pem)?)?.with_client_auth_cert(chain, key).map_err(TlsError::Identity)?;
    Ok(finish(config))
}
