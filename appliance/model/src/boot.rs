//! The boot timeline: the stations a machine passes from power-on to a live agent, and what to say where it stopped.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// The firmware a machine boots with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Firmware {
    Bios,
    Uefi,
}

/// A station on the way from power to agent, in the order in which a machine passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BootStage {
    /// The BMC was told to power the machine on (or to cycle it).
    Power,
    /// DHCPDISCOVER answered with an offer.
    DhcpOffer,
    /// DHCPREQUEST acknowledged; the lease is durable.
    DhcpAck,
    /// The network boot program was handed over by TFTP (or HTTP).
    BootProgram,
    /// The boot script of this machine was handed over.
    Script,
    /// The kernel was handed over.
    Kernel,
    /// The RAM disk was handed over.
    RamDisk,
    /// The provisioning environment opened its session.
    Environment,
    /// The inventory arrived.
    Inventory,
    /// Disks are partitioned and formatted.
    Disk,
    /// The image was streamed onto the disk and its SHA-256 agreed.
    Image,
    /// Host name, users, network and packages are in place.
    Configure,
    /// The boot loader is installed.
    Bootloader,
    /// The installed system was told to start.
    FirstBoot,
    /// The agent redeemed its token for a certificate.
    Enrol,
    /// The agent is connected.
    Agent,
}

impl BootStage {
    /// Every stage, in order.
    pub const ALL: [Self; 16] = [
        Self::Power,
        Self::DhcpOffer,
        Self::DhcpAck,
        Self::BootProgram,
        Self::Script,
        Self::Kernel,
        Self::RamDisk,
        Self::Environment,
        Self::Inventory,
        Self::Disk,
        Self::Image,
        Self::Configure,
        Self::Bootloader,
        Self::FirstBoot,
        Self::Enrol,
        Self::Agent,
    ];

    /// Whether the station is passed in parts: each record of it says everything up to then, and the last one counts.
    #[must_use]
    pub fn has_parts(self) -> bool {
        self == Self::RamDisk
    }

    /// The stage in words, for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Power => "Power on",
            Self::DhcpOffer => "DHCP offer",
            Self::DhcpAck => "DHCP acknowledgement",
            Self::BootProgram => "Network boot program",
            Self::Script => "Boot script",
            Self::Kernel => "Kernel",
            Self::RamDisk => "RAM disk",
            Self::Environment => "Provisioning environment",
            Self::Inventory => "Inventory",
            Self::Disk => "Disks",
            Self::Image => "Image",
            Self::Configure => "Configuration",
            Self::Bootloader => "Boot loader",
            Self::FirstBoot => "First boot",
            Self::Enrol => "Certificate",
            Self::Agent => "Agent",
        }
    }

    /// Why a machine that got this far and no farther usually stopped, and what to do.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Power => {
                "The machine was powered on but never asked for an address. Check that network boot is first in its boot order, \
                 that the cable is in the port with the MAC address on record, and that the switch port is in the served network."
            }
            Self::DhcpOffer => {
                "The machine saw the offer but did not take it. Another DHCP server may be answering, or the switch drops the reply \
                 while spanning tree starts: set the port to edge mode and power the machine on again."
            }
            Self::DhcpAck => {
                "The machine has an address but did not fetch its boot program. A firewall may block UDP port 69, or the firmware \
                 wants another boot method: check UEFI or BIOS network boot in its set-up."
            }
            Self::BootProgram => {
                "The boot program arrived but did not ask for its script. The network card may not work in the boot program: \
                 try the other firmware mode, or update the firmware of the card."
            }
            Self::Script => {
                "The machine has its boot script but did not fetch the kernel. Check that TCP port 80 of the Control Center is \
                 reachable from the machine."
            }
            Self::Kernel => {
                "The kernel was fetched but not the RAM disk. The link may have failed: power the machine on again."
            }
            Self::RamDisk => {
                "Kernel and RAM disk were handed over, but the provisioning environment did not report. It may lack a driver for the \
                 network card or have too little memory: look at the serial console."
            }
            Self::Environment => {
                "The provisioning environment reported but sent no inventory. Look at the serial console, then power the machine on again."
            }
            Self::Inventory => {
                "The inventory is in; nothing was ordered yet, or the disks could not be prepared. Read the job's log."
            }
            Self::Disk => {
                "The disks are ready but the image did not arrive whole. Read the job's log for the hash and the bytes received."
            }
            Self::Image => {
                "The image is on the disk but the system could not be configured. Read the job's log."
            }
            Self::Configure => {
                "The system is configured but its boot loader could not be installed. Read the job's log."
            }
            Self::Bootloader => {
                "The install finished but the machine did not restart. Power-cycle it; it will boot its disk."
            }
            Self::FirstBoot => {
                "The machine restarted but its agent did not report. Check on the serial console that it booted its disk, and that it \
                 reaches TCP port 8444 of the Control Center."
            }
            Self::Enrol => {
                "The agent has its certificate but is not connected. Check that it reaches TCP port 8444 of the Control Center."
            }
            Self::Agent => "The agent is connected; nothing is missing.",
        }
    }
}

/// One entry of a server's boot timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BootRecord {
    pub stage: BootStage,
    /// When it happened first in this boot; of a station with several parts, when the last of them came.
    pub at: Millis,
    /// One sentence of fact: the address given, the file and bytes sent.
    #[schemars(extend("x-sentence" = true))]
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_listed_in_their_order() {
        assert!(BootStage::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
