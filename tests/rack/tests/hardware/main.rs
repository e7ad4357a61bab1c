//! The virtual hardware behaves as hardware: proven with real IPMI, real firmware and real network boot.

#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

mod boot_order;
mod disks;
mod netboot;
mod power;
mod racks;
