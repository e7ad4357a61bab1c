//! DHCP, TFTP and HTTP boot for machines that netboot. Knows nothing of databases, accounts or panels: it asks
//! [`plan::BootPlan`] what a machine shall get and reports what happened.
//!
//! [`Netboot::start`] opens the servers on one interface and hands back a [`Running`], which stops them when it is
//! dropped and says when one of them failed:
//!
//! - **DHCPv4** on ports 67 and 4011 (`dhcp/`): offers and leases as the plan says; firmware gets a boot program by its
//!   architecture (RFC 4578 option 93), iPXE gets the address of its script.
//! - **TFTP** on port 69 (`tftp/`): read-only, and only the files named in [`Config::tftp_files`].
//! - **HTTP** (`http/`): boot programs, the boot script of each machine, kernels and RAM disks, images.
//! - **ICMPv6** (`router.rs`): tells a machine in iPXE that there is no IPv6 router, which saves it a wait of 16 seconds.
//!
//! The way of a machine: DHCP → boot program by TFTP or HTTP → iPXE's DHCP → `/boot/script/<mac>` → kernel and RAM
//! disks → the provisioning environment opens its session with the Control Center. Firmware that is iPXE already goes
//! straight to the script. The agent's archive comes before the compressed one, must be a plain `newc` archive and brings
//! every folder that its files need; for a path in both, the compressed archive wins. Each station passed is told to [`plan::BootPlan::passed`] with a sentence.
//!
//! # Paths of the HTTP server
//! | path | what |
//! |---|---|
//! | `/boot/script/<mac>` | the iPXE script of this machine, by [`plan::BootPlan::choose`] |
//! | `/boot/autoexec.ipxe`, `/autoexec.ipxe` | leads a newer iPXE, which asks for this file first, to its script |
//! | `/boot/<program>` | a boot program of [`Config::tftp_files`], for UEFI HTTP boot |
//! | `/boot/<file>` | a file in [`Config::boot_dir`], such as `agent.cpio` |
//! | `/boot/<flavour>/<file>` | a file in a folder of [`Config::boot_dir`], such as `cloud/vmlinuz` |
//! | `/images/<sha256>.tar.zst` | a file in [`Config::images_dir`] |
//!
//! Attacker's input: every byte that arrives on these ports. Nothing is believed before it is bounded; what cannot be
//! read is dropped and counted in [`Counters`].

#[cfg(test)]
extern crate self as rackwright_netboot;

mod config;
mod context;
mod counters;
mod dhcp;
mod error;
mod http;
#[cfg(test)]
#[path = "../tests/stories/memory_plan.rs"]
mod memory_plan;
pub mod plan;
mod router;
mod running;
mod script;
mod sockets;
#[cfg(test)]
mod test_context;
mod tftp;
mod timeline;

pub use config::{BIOS_PROGRAM, Config, UEFI_PROGRAM};
pub use counters::{Counters, Snapshot};
pub use error::{BadConfig, StartError, Stopped};
pub use running::{Netboot, Running};
