//! Debian 12 for private servers: a template that many of them share, on the kernel of their server.

use super::{HOST_KEYS, Recipe};
use crate::builder::overlay::File;
use crate::builder::spec::Service;

/// No udev and no kmod: the devices and the modules are the server's. No networkd: the address is set from outside.
const PACKAGES: [&str; 18] = [
    // The system itself.
    "systemd-sysv",
    "libpam-systemd",
    "libnss-myhostname",
    "dbus",
    "tzdata",
    // Network.
    "netbase",
    "iproute2",
    "iputils-ping",
    "ca-certificates",
    "curl",
    // People.
    "openssh-server",
    "procps",
    "less",
    "nano",
    // What services expect of a server, and what keeps the log from growing.
    "cron",
    "rsyslog",
    "logrotate",
    "passwd",
];

const WEB: [&str; 1] = ["nginx-light"];

/// The log is kept once, by rsyslog.
const JOURNAL: File =
    ("etc/systemd/journald.conf.d/rackwright.conf", 0o644, include_str!("../overlay/private-journald.conf"));

/// The limit of processes is that of the private server, not a seventh of it for each service.
const PROCESSES: File =
    ("etc/systemd/system.conf.d/rackwright.conf", 0o644, include_str!("../overlay/private-system.conf"));

pub(super) fn recipe(service: Service) -> Recipe {
    let mut packages = PACKAGES.to_vec();
    packages.extend(match service {
        Service::Plain => [].as_slice(),
        Service::Web => &WEB,
    });
    Recipe {
        packages,
        overlay: vec![HOST_KEYS, JOURNAL, PROCESSES],
        customize: include_str!("../private-customize-hook.sh"),
    }
}
