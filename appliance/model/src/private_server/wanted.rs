//! What the Control Center wants of a private server, and what its server saw of it. The whole intent is sent each time, so
//! that it does not matter how often it arrives, and a server carries it out anew after a restart without being told.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{Number, Phase, Size};
use crate::nas::{NasDisk, Share};
use crate::{MacAddr, Name};

/// What shall become of a private server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// It runs; when it ends by itself it is started again.
    On,
    /// It does not run; its files stay.
    Off,
    /// It is taken away, with its files.
    Gone,
    /// Its template is fetched, so that it can come here quickly. Its files are elsewhere, and nothing of it runs here.
    Near,
    /// Nothing of it is kept here any more. Its disk on the NAS stays: another server has it.
    Left,
}

/// Everything that a server needs to know of a private server on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub number: Number,
    /// Grows with every change of what follows. An older one never replaces a newer.
    pub generation: u64,
    pub intent: Intent,
    /// Host name inside.
    pub name: Name,
    pub size: Size,
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
    /// The hardware address inside.
    pub mac: MacAddr,
    /// Name servers, in order.
    pub dns: Vec<IpAddr>,
    pub template: Template,
    pub access: RootAccess,
    /// Counted up by a rebuild: files of an earlier edition are discarded and the template's take their place.
    pub edition: u32,
    /// Counted up by a reboot.
    pub boots: u32,
    /// It is cut off the network, but for `operator`.
    pub quarantine: bool,
    /// Who may still reach a private server in quarantine.
    pub operator: Vec<IpAddr>,
    /// Where its files are; none means on its server. Only told to servers that know what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nas: Option<NasDisk>,
    /// What it reads beside, from its next start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Share>,
    /// Its first files are those of another one on the same server.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// From where the first files of a clone come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub number: Number,
}

/// The files that a private server begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its image, for sentences.
    pub name: Name,
    /// SHA-256 of the file at `url`, in lower-case hexadecimal. It also names the template's version on the server.
    pub sha256: String,
    /// Plain HTTP, host as an IP address: a zstd-compressed tar.
    pub url: String,
    /// Bytes of the file at `url`.
    pub bytes: u64,
    /// Bytes of the files inside.
    pub unpacked_bytes: u64,
}

/// How root signs in. Written when the files are made; root may change it inside.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootAccess {
    /// Public keys in OpenSSH form.
    pub ssh_keys: Vec<String>,
    /// crypt(5) hash.
    pub password_hash: Option<String>,
}

impl fmt::Debug for RootAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootAccess").field("ssh_keys", &self.ssh_keys.len()).finish_non_exhaustive()
    }
}

/// What a server says of a private server on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub number: Number,
    /// The generation that was carried out, or that `reason` is about.
    pub generation: u64,
    pub phase: Phase,
    /// Why it failed, or what is noteworthy, in a sentence.
    pub reason: Option<String>,
    /// Per mille of the phase, where that is known.
    pub progress: Option<u32>,
}
