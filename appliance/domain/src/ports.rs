//! What lies outside: hardware, machines, time, chance and the authority. Real ones are wired by the daemon.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::{Millis, ServerId};
use rackwright_proto::ToMachine;
use serde::{Deserialize, Serialize};

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Everything outside, in one bundle.
#[derive(Clone)]
pub struct Ports {
    pub bmc: Arc<dyn Bmc>,
    pub machines: Arc<dyn Machines>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub authority: Arc<dyn Authority>,
    pub ping: Arc<dyn Ping>,
    pub web: Arc<dyn Web>,
    pub post: Arc<dyn Post>,
    /// Counters of the network servers and sessions, by dotted name.
    pub counters: Arc<dyn Counters>,
    pub courier: Arc<dyn Courier>,
    pub backups: Arc<dyn Backups>,
}

/// A BMC that can be spoken to: the password in clear, for the moment of the call.
#[derive(Clone)]
pub struct BmcAccess {
    pub address: IpAddr,
    pub user: String,
    pub password: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    On,
    Off,
    Shutdown,
    Cycle,
}

/// What the next boot shall start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootDevice {
    Network,
    Disk,
}

/// A BMC did not do as it was told: what was attempted and what it answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BmcError(pub String);

/// Baseboard management controllers. Every call ends within half a minute.
pub trait Bmc: Send + Sync {
    fn is_on<'a>(&'a self, at: &'a BmcAccess) -> Later<'a, Result<bool, BmcError>>;
    fn power<'a>(&'a self, at: &'a BmcAccess, order: Power) -> Later<'a, Result<(), BmcError>>;
    /// For the next boot only.
    fn boot_once<'a>(
        &'a self,
        at: &'a BmcAccess,
        from: BootDevice,
        uefi: bool,
    ) -> Later<'a, Result<(), BmcError>>;
}

/// Sessions of machines with the Control Center.
pub trait Machines: Send + Sync {
    /// Send to the provisioning environment that booted with this nonce; false when it holds no session.
    fn send_to_boot(&self, boot: &str, message: ToMachine) -> bool;
    /// Send to the managed agent of this server; false when it holds no session.
    fn send_to_agent(&self, server: ServerId, message: ToMachine) -> bool;
    /// End every session of this server, because its certificate was revoked.
    fn drop_agent(&self, server: ServerId);
}

/// A mail to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The same for every try of one letter; unlike that of any other.
    pub id: String,
    /// A mail address.
    pub to: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// A letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct PostError {
    /// What was attempted and what the mail server, or the way to it, said.
    pub cause: String,
    /// Whether it is no use to try again.
    pub for_good: bool,
}

/// The mail server.
pub trait Post: Send + Sync {
    /// What the server answered when it took the letter. Ends within a minute and a half.
    fn send(&self, letter: Letter) -> Later<'_, Result<String, PostError>>;
}

pub trait Clock: Send + Sync {
    fn now(&self) -> Millis;
}

pub trait Chance: Send + Sync {
    /// Fill with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// A certificate made for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub certificate_pem: String,
    /// SHA-256 of the certificate's DER, in hexadecimal.
    pub fingerprint: String,
    /// SHA-256 of the public key, in hexadecimal.
    pub key: String,
}

/// The appliance's certificate authority.
pub trait Authority: Send + Sync {
    /// Sign an agent's request. The names in the request are ignored.
    ///
    /// # Errors
    /// A sentence when the request is not valid.
    fn issue(&self, server: ServerId, csr_pem: &str) -> Result<Issued, String>;
    /// SHA-256 of the request's public key, in hexadecimal, after its signature was checked.
    ///
    /// # Errors
    /// A sentence when the request is not valid.
    fn key_of(&self, csr_pem: &str) -> Result<String, String>;
    /// The authority's own certificate.
    fn certificate_pem(&self) -> String;
}

/// ICMP echo.
pub trait Ping: Send + Sync {
    /// Whether the address answered within the limit.
    fn answers(&self, address: Ipv4Addr, limit: Duration) -> Later<'_, bool>;
}

/// Counters of what was sent, dropped and refused.
pub trait Counters: Send + Sync {
    fn snapshot(&self) -> Vec<(String, u64)>;
}

/// Where a call into the web may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebReach {
    Anywhere,
    /// To addresses of the internet only, never to private networks or this machine.
    World,
}

/// A call of a server in the web. Secrets may stand in headers and body.
#[derive(Clone)]
pub struct WebCall {
    /// POST, or else GET.
    pub post: bool,
    /// `https://…` or `http://…`.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub reach: WebReach,
}

#[derive(Clone)]
pub struct WebAnswer {
    pub status: u16,
    pub content_type: Option<String>,
    /// At most half a megabyte.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    #[error("there is no connection: {0}")]
    Unreachable(String),
    #[error("there was no answer in time")]
    TimedOut,
    #[error("its certificate is not trusted: {0}")]
    Untrusted(String),
    #[error("it sent more than {0} bytes")]
    TooLarge(usize),
    #[error("it did not answer like a web server: {0}")]
    NotHttp(String),
    #[error("it may not be called: {0}")]
    Forbidden(String),
}

/// Servers in the web. Every call ends within ten seconds; no redirect is followed.
pub trait Web: Send + Sync {
    fn call(&self, call: WebCall) -> Later<'_, Result<WebAnswer, WebError>>;
}

/// An event for somebody's HTTP server, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    pub url: String,
    /// Beside those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
    pub reach: crate::reach::Reach,
}

/// No answer: what was attempted and why it failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CourierError(pub String);

/// HTTP to webhooks.
pub trait Courier: Send + Sync {
    /// The HTTP status of the answer. A redirect is an answer like any other: it is not followed. Ends within 15 s: 5 s to
    /// connect, 10 s to answer.
    fn post<'a>(&'a self, parcel: &'a Parcel) -> Later<'a, Result<u16, CourierError>>;
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InBackup {
    /// From the root of the private server.
    pub path: String,
    /// As restic calls it: `file`, `dir`, `symlink` and others.
    pub kind: String,
    pub bytes: u64,
    /// RFC 3339.
    pub changed: Option<String>,
}

/// What is in a directory of a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    pub files: Vec<InBackup>,
    /// Whether there is more.
    pub cut: bool,
}

/// Where backups lie: a folder for each private server, with a key of its own.
pub trait Backups: Send + Sync {
    /// Remove every backup but those that are kept; the bytes that the folder takes then. Nobody may be at work in it. Ends
    /// within hours.
    fn tidy<'a>(
        &'a self,
        folder: &'a str,
        key: &'a str,
        keep: &'a [String],
    ) -> Later<'a, Result<u64, String>>;
    /// Remove a folder with all that is in it.
    fn remove<'a>(&'a self, folder: &'a str) -> Later<'a, Result<(), String>>;
    /// What is in a directory of a backup. Ends within half a minute.
    fn files<'a>(
        &'a self,
        folder: &'a str,
        key: &'a str,
        backup: &'a str,
        path: &'a str,
    ) -> Later<'a, Result<Listing, String>>;
    /// Whether the program that does all this is not installed.
    fn is_missing(&self) -> bool;
}
