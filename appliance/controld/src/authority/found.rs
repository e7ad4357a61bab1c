//! Founding the authority: key and certificate appear together, whenever the power goes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rackwright_model::Millis;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PublicKeyData,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::AuthorityError;
use crate::files;

pub(super) const CERTIFICATE: &str = "ca.crt";
pub(super) const KEY: &str = "ca.key";
/// Thirty years: longer than any server lives.
const DAYS: i64 = 30 * 365;

/// Makes key and certificate beside `folder`, then gives them its name in one step.
pub(super) fn found(folder: &Path, now: Millis) -> Result<(), AuthorityError> {
    let mut fresh = folder.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = Path::new(&fresh);
    let failed = |what, path: &Path| {
        let path = path.to_owned();
        move |source| AuthorityError::File { what, path, source }
    };
    // What a start that was cut short left behind.
    if fresh.exists() {
        fs::remove_dir_all(fresh).map_err(failed("remove", fresh))?;
    }
    fs::create_dir(fresh).map_err(failed("create", fresh))?;
    fs::set_permissions(fresh, Permissions::from_mode(0o700)).map_err(failed("protect", fresh))?;
    let key = KeyPair::generate()?;
    let certificate = params(&key, now).self_signed(&key)?;
    for (name, text, mode) in [(KEY, key.serialize_pem(), 0o600), (CERTIFICATE, certificate.pem(), 0o644)] {
        let path = fresh.join(name);
        files::replace(&path, text.as_bytes(), mode).map_err(failed("write", &path))?;
    }
    fs::rename(fresh, folder).map_err(failed("create", folder))?;
    if let Some(parent) = folder.parent() {
        files::sync(parent).map_err(failed("sync", parent))?;
    }
    Ok(())
}

fn params(key: &KeyPair, now: Millis) -> CertificateParams {
    let mut params = CertificateParams::default();
    // Browsers tell authorities apart by their names, so two appliances need two.
    let mark = super::fingerprint(key.der_bytes());
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Rackwright");
    params.distinguished_name.push(DnType::CommonName, format!("Rackwright authority {}", &mark[..8]));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    super::valid(&mut params, now, DAYS);
    params
}

/// The certificate in `pem`, when `key` is the key it was made for.
pub(super) fn certificate(pem: &str, key: &KeyPair) -> Result<CertificateDer<'static>, String> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|why| why.to_string())?;
    let (_, parsed) = X509Certificate::from_der(&certificate).map_err(|why| why.to_string())?;
    if parsed.public_key().subject_public_key.data != key.der_bytes() {
        return Err("it does not belong to the key beside it".to_owned());
    }
    Ok(certificate)
}
