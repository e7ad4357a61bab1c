//! The way to the Control Center: the interface that netbooted, by DHCP. The DHCP client stays to renew the lease.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::MacAddr;
use rackwright_model::inventory::Nic;

use super::console::say;
use crate::command::{Program, Runner};
use crate::inventory::Kernel;

/// How long the interface that netbooted has for itself before the others are asked too.
const FIRST: Duration = Duration::from_secs(30);
/// How long a link may take to come up; questions sent before that are lost, and asking again takes seconds.
const LINK: Duration = Duration::from_secs(6);
/// How often a machine without an address says so.
const AGAIN: Duration = Duration::from_secs(30);

/// An interface with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uplink {
    pub name: String,
    pub mac: MacAddr,
    pub address: Ipv4Addr,
}

/// Where leases and the client's script are kept.
pub struct Network<'a> {
    pub kernel: &'a Kernel,
    pub runner: &'a dyn Runner,
    pub state: PathBuf,
}

impl Network<'_> {
    /// Brings the network up; comes back when there is an address, and says every half minute why there is none.
    pub fn bring_up(&self, mac: Option<MacAddr>) -> Uplink {
        self.all_links_up();
        let started = Instant::now();
        let mut next_word = Instant::now() + AGAIN;
        let mut asked: Vec<String> = Vec::new();
        loop {
            let nics = self.kernel.nics();
            for nic in candidates(&nics, mac, started.elapsed() >= FIRST) {
                let ready = nic.link || started.elapsed() >= LINK;
                if ready && !asked.contains(&nic.name) {
                    self.ask(nic);
                    asked.push(nic.name.clone());
                }
            }
            if let Some(uplink) =
                nics.iter().filter(|nic| asked.contains(&nic.name)).find_map(|nic| self.lease(nic))
            {
                return uplink;
            }
            if Instant::now() >= next_word {
                next_word = Instant::now() + AGAIN;
                say(&no_address(&nics, started.elapsed()));
                // Drivers may have come late.
                self.all_links_up();
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn all_links_up(&self) {
        let nics = self.kernel.nics();
        // Without a loopback, what a new system's programs ask of their own machine is not refused but lost.
        for name in std::iter::once("lo").chain(nics.iter().map(|nic| nic.name.as_str())) {
            if let Err(why) =
                self.runner.run(&Program::new("busybox", ["ip", "link", "set", "dev", name, "up"]))
            {
                say(&format!("{name} stays down: {why}"));
            }
        }
    }

    fn ask(&self, nic: &Nic) {
        say(&format!("asking for an address on {} ({})", nic.name, nic.mac));
        if let Err(why) = self.start_client(&nic.name) {
            say(&format!("the DHCP client for {} could not be started: {why}", nic.name));
        }
    }

    /// A client that an earlier worker left behind is left alone: it renews the lease that is there.
    fn start_client(&self, name: &str) -> std::io::Result<()> {
        fs::create_dir_all(&self.state)?;
        let process = self.state.join(format!("udhcpc-{name}.pid"));
        let alive =
            fs::read_to_string(&process).is_ok_and(|pid| Path::new("/proc").join(pid.trim()).exists());
        if alive {
            return Ok(());
        }
        let script = self.state.join("udhcpc.sh");
        fs::write(&script, include_str!("udhcpc.sh"))?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        let options = ["udhcpc", "-f", "-t", "6", "-T", "2", "-A", "3", "-O", "mtu", "-i", name];
        Command::new("busybox")
            .args(options)
            .arg("-s")
            .arg(&script)
            .arg("-p")
            .arg(&process)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(drop)
    }

    fn lease(&self, nic: &Nic) -> Option<Uplink> {
        let text = fs::read_to_string(self.state.join(format!("lease-{}", nic.name))).ok()?;
        Some(Uplink { name: nic.name.clone(), mac: nic.mac, address: text.trim().parse().ok()? })
    }
}

/// The interfaces to ask: the one that netbooted; all with a link when there is none such or it had its time.
fn candidates(nics: &[Nic], mac: Option<MacAddr>, all: bool) -> Vec<&Nic> {
    let named: Vec<&Nic> = nics.iter().filter(|nic| Some(nic.mac) == mac).collect();
    if named.is_empty() || all {
        return nics.iter().filter(|nic| nic.link || Some(nic.mac) == mac).collect();
    }
    named
}

fn no_address(nics: &[Nic], waited: Duration) -> String {
    if nics.is_empty() {
        return "there is no network card with a driver; this environment may lack the driver".to_owned();
    }
    let list: Vec<String> = nics
        .iter()
        .map(|nic| format!("{} ({}, {})", nic.name, nic.mac, if nic.link { "link" } else { "no link" }))
        .collect();
    format!("no DHCP server gave an address for {} s; asking on: {}", waited.as_secs(), list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nic(name: &str, last: u8, link: bool) -> Nic {
        Nic { name: name.into(), mac: MacAddr([2, 0, 0, 0, 0, last]), link, speed_mbps: None, driver: None }
    }

    #[test]
    fn the_interface_that_booted_is_asked_first() {
        let nics = [nic("eth0", 1, true), nic("eth1", 2, false), nic("eth2", 3, true)];
        let names =
            |mac, all| candidates(&nics, mac, all).iter().map(|nic| nic.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(Some(nics[1].mac), false), ["eth1"]);
        assert_eq!(names(Some(nics[1].mac), true), ["eth0", "eth1", "eth2"]);
        assert_eq!(names(Some(MacAddr([2; 6])), false), ["eth0", "eth2"]);
        assert_eq!(names(None, false), ["eth0", "eth2"]);
    }

    #[test]
    fn says_what_there_is_when_nobody_answers() {
        assert!(no_address(&[], Duration::ZERO).contains("driver"));
        assert!(no_address(&[nic("eth0", 1, false)], Duration::from_secs(31)).contains("no link"));
    }
}
