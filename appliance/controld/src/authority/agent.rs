//! Certificates of agents.
//!
//! Attacker's input: the request, from whoever shows a token. Only its public key is taken; size and signature are
//! checked first.

use rackwright_domain::ports::Issued;
use rackwright_model::ServerId;
use rcgen::{
    CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyUsagePurpose, PublicKeyData, SanType,
};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Authority, fingerprint};

/// Ten years: an agent's certificate ends by revocation, not by a date that nobody watches.
const DAYS: i64 = 3_650;
/// Bytes of a request in PEM; one with a 4096-bit RSA key has 1,700.
const LONGEST_REQUEST: usize = 8_192;
/// In front of the server's number, in the certificate's URI name.
const URN: &str = "urn:rackwright:server:";

pub(super) fn issue(authority: &Authority, server: ServerId, csr_pem: &str) -> Result<Issued, String> {
    let mut request = verified(csr_pem)?;
    let key = key_hash(&request);
    request.params =
        params(authority, server).map_err(|why| format!("no certificate could be made: {why}"))?;
    let certificate = request
        .signed_by(&authority.issuer)
        .map_err(|why| format!("the certificate could not be signed: {why}"))?;
    Ok(Issued { certificate_pem: certificate.pem(), fingerprint: fingerprint(certificate.der()), key })
}

pub(super) fn key_of(csr_pem: &str) -> Result<String, String> {
    verified(csr_pem).map(|request| key_hash(&request))
}

fn verified(csr_pem: &str) -> Result<CertificateSigningRequestParams, String> {
    if csr_pem.len() > LONGEST_REQUEST {
        return Err(format!(
            "the certificate request has {} bytes; at most {LONGEST_REQUEST} are taken",
            csr_pem.len()
        ));
    }
    CertificateSigningRequestParams::from_pem(csr_pem)
        .map_err(|why| format!("the certificate request is not valid: {why}"))
}

fn key_hash(request: &CertificateSigningRequestParams) -> String {
    fingerprint(&request.public_key.subject_public_key_info())
}

fn params(authority: &Authority, server: ServerId) -> Result<CertificateParams, rcgen::Error> {
    let name = format!("{URN}{server}");
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name.as_str());
    params.subject_alt_names = vec![SanType::URI(name.try_into()?)];
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    super::valid(&mut params, authority.clock.now(), DAYS);
    Ok(params)
}

/// The server that an agent's certificate speaks for.
pub(crate) fn server_of(certificate: &[u8]) -> Option<ServerId> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let names = parsed.subject_alternative_name().ok()??;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix(URN)?.parse().ok().map(ServerId),
        _ => None,
    })
}
