//! By which authorities receivers are recognised: those that the machine trusts.

use std::path::Path;
use std::sync::Arc;

use rackwright_domain::ports::CourierError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// # Errors
/// When the file cannot be read or holds no certificate.
pub(super) async fn config(path: &Path) -> Result<ClientConfig, CourierError> {
    let advice = "install the Debian package ca-certificates";
    let pem = tokio::fs::read(path)
        .await
        .map_err(|error| CourierError(format!("{} cannot be read ({error}); {advice}", path.display())))?;
    let mut roots = RootCertStore::empty();
    // The machine's list may hold what rustls does not take; the others count.
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
    if roots.is_empty() {
        return Err(CourierError(format!("{} holds no certificate; {advice}", path.display())));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| CourierError(format!("TLS cannot start: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
