//! Why the daemon cannot start, or had to end.

use std::path::PathBuf;

use crate::adapters::MailError;
use crate::agents::TlsError;
use crate::authority::AuthorityError;
use crate::backups::FolderError;
use crate::boot_files::BootFilesError;
use crate::data::DataError;
use crate::sockets::SocketError;

/// The daemon cannot start: what was attempted, why it failed, what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("could not {what} {}; check the configuration and the permissions there", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the certificate authority cannot be used")]
    Authority(#[from] AuthorityError),
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    #[error("TLS of the panel cannot be set up")]
    PanelTls(#[source] rustls::Error),
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error(
        "the database cannot be used; check the room on the data disk, or restore the database from a backup"
    )]
    Store(#[from] rackwright_store::StoreError),
    #[error("could not open a socket for ICMP echo; run as root, or with the capability CAP_NET_RAW")]
    Ping(#[source] std::io::Error),
    #[error("could not prepare the first sign-in")]
    Admin(#[source] rackwright_domain::Refusal),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Backups(#[from] FolderError),
    #[error(transparent)]
    BootFiles(#[from] BootFilesError),
    #[error("netboot cannot be served; to start without it, set netboot.enabled = false")]
    Netboot(#[from] rackwright_netboot::StartError),
}

/// A part without which the daemon is of no use ended.
#[derive(Debug, thiserror::Error)]
#[error("{what} ended: {why}. The daemon stops; the service manager starts it again")]
pub struct Died {
    pub what: &'static str,
    pub why: String,
}
