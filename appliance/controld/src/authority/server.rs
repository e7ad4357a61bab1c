//! The certificate of this Control Center's own ports. It is made again when it is about to expire, when the machine is
//! reached under other names, or when it is not of this authority.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rackwright_model::Millis;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Authority, AuthorityError, DAY, Names};
use crate::files;

/// Browsers take no more than 398 days.
const DAYS: i64 = 397;
/// Made again when fewer days are left.
const DUE_DAYS: i64 = 30;
const FILE: &str = "server.pem";

/// Key and certificate of our ports, shared by all of them and replaceable while they serve.
pub struct ServerCertificate {
    path: PathBuf,
    current: RwLock<Current>,
}

struct Current {
    names: Names,
    expires: Millis,
    key: Arc<CertifiedKey>,
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerCertificate").field("path", &self.path).finish_non_exhaustive()
    }
}

impl ServerCertificate {
    /// The certificate on the disk when it still serves for `names`, otherwise a new one.
    ///
    /// # Errors
    /// [`AuthorityError`] when none can be made or stored.
    pub fn open(authority: &Authority, names: Names) -> Result<Self, AuthorityError> {
        let path = authority.folder.join(FILE);
        let kept = std::fs::read_to_string(&path)
            .ok()
            .and_then(|pem| load(&pem, authority))
            .filter(|current| current.names == names && !is_due(current.expires, authority.clock.now()));
        let current = match kept {
            Some(current) => current,
            None => make(&path, authority, &names)?,
        };
        Ok(Self { path, current: RwLock::new(current) })
    }

    /// Makes the certificate again if it is due or the names changed; true when it did.
    ///
    /// # Errors
    /// [`AuthorityError`] when none can be made or stored; the old one stays in use.
    pub fn renew(&self, authority: &Authority, names: &Names) -> Result<bool, AuthorityError> {
        {
            let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
            if current.names == *names && !is_due(current.expires, authority.clock.now()) {
                return Ok(false);
            }
        }
        let fresh = make(&self.path, authority, names)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(true)
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

fn is_due(expires: Millis, now: Millis) -> bool {
    expires.since(now) < DUE_DAYS * DAY * 1_000
}

fn make(path: &Path, authority: &Authority, names: &Names) -> Result<Current, AuthorityError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Rackwright");
    params.distinguished_name.push(DnType::CommonName, "Rackwright Control Center");
    params.subject_alt_names = names.in_certificate()?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    super::valid(&mut params, authority.clock.now(), DAYS);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &authority.issuer)?;
    let pem = format!("{}{}", key.serialize_pem(), certificate.pem());
    let current = load(&pem, authority).ok_or_else(|| AuthorityError::Damaged {
        path: path.to_owned(),
        why: "the new certificate does not load".to_owned(),
    })?;

    files::replace(path, pem.as_bytes(), 0o600).map_err(|source| AuthorityError::File {
        what: "write",
        path: path.to_owned(),
        source,
    })?;
    Ok(current)
}

/// Key and certificate out of one file, if they fit together and come from this authority.
fn load(pem: &str, authority: &Authority) -> Option<Current> {
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    let (names, expires) = {
        let (_, parsed) = X509Certificate::from_der(&certificate).ok()?;
        let (_, ca) = X509Certificate::from_der(&authority.certificate).ok()?;
        parsed.verify_signature(Some(ca.public_key())).ok()?;
        (names_in(&parsed)?, Millis(parsed.validity().not_after.timestamp().checked_mul(1_000)?))
    };
    // The authority is shown too: the provisioning environment knows only its fingerprint.
    let chain = vec![certificate, authority.certificate()];
    let key = CertifiedKey::new(chain, any_supported_type(&key).ok()?);
    key.keys_match().ok()?;
    Some(Current { names, expires, key: Arc::new(key) })
}

fn names_in(certificate: &X509Certificate<'_>) -> Option<Names> {
    let mut names = Names::default();
    for name in &certificate.subject_alternative_name().ok()??.value.general_names {
        match name {
            GeneralName::DNSName(host) => names.hosts.extend([(*host).to_owned()]),
            GeneralName::IPAddress(bytes) => names.addresses.extend([address(bytes)?]),
            _ => return None,
        }
    }
    Some(names)
}

/// The address in a certificate: 4 or 16 bytes (RFC 5280 section 4.2.1.6).
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}
