//! The appliance's certificate authority: made once, in the data folder. Every agent trusts it, so it is never made
//! again by itself: when its files are damaged the daemon says so and stops.
//!
//! | file | what |
//! |---|---|
//! | `ca/ca.crt` | the authority's certificate |
//! | `ca/ca.key` | its key, mode 0600 |
//! | `ca/server.pem` | key and certificate of this Control Center's own ports, mode 0600; made again when due |

mod agent;
mod found;
mod names;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rackwright_domain::ports::{self, Clock, Issued};
use rackwright_model::{Millis, ServerId};
use rcgen::{Issuer, KeyPair};
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;

pub use names::{Names, local_addresses};
pub use server::ServerCertificate;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("could not {what} {}; check the permissions of the data folder and the room on its disk", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "{} is not what it should be: {why}. Every agent trusts this authority, so it is not made anew by itself: restore the \
         folder from a backup, or move it away and install all servers again", path.display()
    )]
    Damaged { path: PathBuf, why: String },
    #[error("no certificate could be made")]
    Make(#[from] rcgen::Error),
}

/// The appliance's certificate authority.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    clock: Arc<dyn Clock>,
}

impl Authority {
    /// Reads the authority in `folder`, or makes it when the folder is not there.
    ///
    /// # Errors
    /// [`AuthorityError`] names the file and what to do.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, AuthorityError> {
        if !folder.try_exists().map_err(|source| AuthorityError::File {
            what: "look for",
            path: folder.into(),
            source,
        })? {
            found::found(folder, clock.now())?;
        }
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|source| match source.kind() {
                std::io::ErrorKind::NotFound => {
                    AuthorityError::Damaged { path, why: "the file is missing".to_owned() }
                }
                _ => AuthorityError::File { what: "read", path, source },
            })
        };
        let (key_pem, certificate_pem) = (read(found::KEY)?, read(found::CERTIFICATE)?);
        let damaged = |name: &str, why: String| AuthorityError::Damaged { path: folder.join(name), why };
        let key = KeyPair::from_pem(&key_pem).map_err(|why| damaged(found::KEY, why.to_string()))?;
        let certificate =
            found::certificate(&certificate_pem, &key).map_err(|why| damaged(found::CERTIFICATE, why))?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|why| damaged(found::CERTIFICATE, why.to_string()))?;
        Ok(Self { folder: folder.to_owned(), issuer, certificate, certificate_pem, clock })
    }

    /// SHA-256 of the authority's certificate in DER, as 64 hexadecimal digits. Not a secret.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.certificate)
    }

    /// The authority's certificate.
    #[must_use]
    pub fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }
}

impl ports::Authority for Authority {
    fn issue(&self, server: ServerId, csr_pem: &str) -> Result<Issued, String> {
        agent::issue(self, server, csr_pem)
    }

    fn key_of(&self, csr_pem: &str) -> Result<String, String> {
        agent::key_of(csr_pem)
    }

    fn certificate_pem(&self) -> String {
        self.certificate_pem.clone()
    }
}

/// SHA-256 of bytes, in lower-case hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// The server that an agent's certificate speaks for, by the name in it. The certificate was verified before.
pub(crate) use agent::server_of;

/// A validity from a day before `now`, for peers whose clocks lag, until `days` after it.
fn valid(params: &mut rcgen::CertificateParams, now: Millis, days: i64) {
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds.max(0).cast_unsigned())
    };
    let now = now.0 / 1_000;
    params.not_before = at(now - DAY);
    params.not_after = at(now + days * DAY);
}
