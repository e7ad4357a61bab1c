//! TLS of the agent port: version 1.3, our own certificate, and optionally a client certificate of our own authority.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::server::{NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};

use crate::authority::Authority;

/// The settings cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificate of the authority cannot be trusted")]
    Authority(#[source] rustls::Error),
    #[error("client certificates cannot be checked")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    #[error("TLS 1.3 is not available")]
    Version(#[source] rustls::Error),
}

/// Settings of the agent port. Whoever shows a certificate must show a valid one of `authority`.
///
/// # Errors
/// [`TlsError`], which an authority that opened does not give.
pub fn server_config(
    authority: &Authority,
    certificate: Arc<dyn ResolvesServerCert>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate()).map_err(TlsError::Authority)?;
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(TlsError::Version)?
        .with_client_cert_verifier(clients)
        .with_cert_resolver(certificate);
    // Every session proves itself afresh: a resumed one would skip the certificate's expiry.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}
