//! Somebody else's DHCP server on the rack's wire: dnsmasq, which knows nothing of network boot.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use super::Stranger;
use super::stranger::ADDRESS;

/// The addresses that it leases, outside the Control Center's pool of the rack.
pub const POOL: [&str; 2] = ["10.77.0.20", "10.77.0.59"];

/// Leases addresses for as long as it lives.
pub struct ForeignDhcp {
    server: Child,
    dir: PathBuf,
    _stranger: Stranger,
}

impl ForeignDhcp {
    /// Starts it as the stranger.
    pub fn start(stranger: Stranger) -> Self {
        let dir = std::env::temp_dir().join(format!("rackwright-story-dhcp-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        let mut dnsmasq = stranger.command("dnsmasq");
        dnsmasq.args([
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--port=0",
            "--pid-file=",
        ]);
        dnsmasq.args([
            "--interface=stranger1",
            "--bind-interfaces",
            "--dhcp-authoritative",
            "--log-facility=-",
        ]);
        dnsmasq.arg(format!("--dhcp-range={},{},255.255.255.0,1h", POOL[0], POOL[1]));
        dnsmasq.arg(format!("--dhcp-leasefile={}", dir.join("leases").display()));
        let log = File::create(dir.join("log")).expect("a log");
        dnsmasq.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Self { server: dnsmasq.spawn().expect("dnsmasq starts"), dir, _stranger: stranger }
    }

    pub fn address() -> &'static str {
        ADDRESS
    }

    /// The lines of its log that say which address it gave to whom, such as `DHCPACK(stranger1) 10.77.0.20 52:54:…`.
    pub fn given(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("DHCPACK(")).map(str::to_owned).collect()
    }
}

impl Drop for ForeignDhcp {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            eprintln!("the other DHCP server's log:\n{log}");
        }
        drop(std::fs::remove_dir_all(&self.dir));
    }
}
