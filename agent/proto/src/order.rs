//! The install order: all a machine needs to turn itself into a managed server. It holds the enrolment token, so it is
//! only ever sent over TLS and never printed: [`Order`]'s `Debug` leaves the token out.

use std::fmt;
use std::net::Ipv4Addr;

use rackwright_model::profile::{ImageFormat, Profile};
use rackwright_model::{InstallId, ServerId};
use serde::{Deserialize, Serialize};

/// Turn yourself into this server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub install: InstallId,
    pub host_name: String,
    /// Kernel name of the disk to install on, chosen by the Control Center from the inventory.
    pub disk: String,
    pub image: ImageSource,
    pub profile: Profile,
    pub network: NetworkSettings,
    pub agent: AgentSeed,
}

/// Where the image is and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSource {
    /// Plain HTTP, host as an IP address. The server understands Range.
    pub url: String,
    pub format: ImageFormat,
    /// SHA-256 of the file at `url`, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes of the file at `url`.
    pub bytes: u64,
    /// Bytes of the files inside.
    pub unpacked_bytes: u64,
}

/// The network of the installed system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSettings {
    pub address: Ipv4Addr,
    pub prefix: u8,
    pub router: Option<Ipv4Addr>,
    pub dns: Vec<Ipv4Addr>,
}

/// What the agent of the installed system starts from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSeed {
    pub server: ServerId,
    /// IP address and port of the Control Center's agent port.
    pub center: String,
    /// Certificate of the Control Center's authority.
    pub authority_pem: String,
    /// One use; see [`crate::FromMachine::Enrol`].
    pub token: String,
}

impl fmt::Debug for AgentSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentSeed")
            .field("server", &self.server)
            .field("center", &self.center)
            .field("token", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// The file in which the token waits on the installed disk until the first boot: `/etc/rackwright/enrol.json`, mode 0600.
pub const SEED_PATH: &str = "/etc/rackwright/enrol.json";
