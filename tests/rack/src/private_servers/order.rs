//! What is asked for when a private server is made on a rack.

use anyhow::Result;

use super::public_key;
use crate::live::LiveRack;

/// Processes of one.
const PROCESSES: &str = "500";
/// Connections of one.
const SESSIONS: &str = "2000";

/// A private server to be made.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    pub name: &'a str,
    /// Where there is room, when none is named.
    pub server: Option<&'a str>,
    pub template: &'a str,
    /// Thousandths of the server's processors.
    pub cpu_permille: u32,
    pub memory_mib: u32,
    pub disk_mib: u32,
    pub kbit: u32,
}

impl Order<'_> {
    /// Gives the order for one that the rack's key opens; it is not there yet when this returns.
    ///
    /// # Errors
    /// It is refused, or the rack has no key.
    pub fn give(&self, live: &LiveRack) -> Result<()> {
        let key = public_key(live)?;
        let [cpu, memory, disk, kbit] =
            [self.cpu_permille, self.memory_mib, self.disk_mib, self.kbit].map(|number| number.to_string());
        let mut words = vec!["private-server", "create", self.name, "--template", self.template];
        if let Some(server) = self.server {
            words.extend(["--server", server]);
        }
        words.extend(["--ssh-keys", &key, "--size-cpu-permille", &cpu, "--size-memory-mib", &memory]);
        words.extend(["--size-swap-mib", "0", "--size-disk-mib", &disk, "--size-bandwidth-kbit", &kbit]);
        words.extend(["--size-sessions", SESSIONS, "--size-processes", PROCESSES]);
        live.rackwright().act(&words).map(drop)
    }
}
