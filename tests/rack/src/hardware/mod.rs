//! The hardware of a virtual rack: machines, their BMCs and the wire between them.
//!
//! Nothing here knows the Control Center. A [`Rack`] is a network namespace with a bridge, and per machine one
//! `ipmi_sim` BMC that answers IPMI 2.0 on its own address. The BMC runs this package's `rack chassis` program for
//! every chassis command; that program starts the `rack mainboard` process, which owns one QEMU. So a machine runs
//! only after a real IPMI "chassis power on", and its boot order follows the real IPMI boot flags.

pub mod address;
mod bmc;
mod board;
mod boot_flag;
pub mod chassis;
pub mod ipmi;
mod machine;
pub mod mainboard;
mod namespace;
mod network;
mod proxy;
mod qemu;
mod qmp;
mod rack;
mod serial;
mod spec;
mod tool;
mod wreck;

pub use ipmi::{BmcAccess, BootDevice, Ipmi, PowerOrder};
pub use machine::Machine;
pub use namespace::Namespace;
pub use proxy::PanelProxy;
pub use qemu::KERNEL_WORDS;
pub use rack::Rack;
pub use serial::plain_text;
pub use spec::{DiskKind, Firmware, Hardware, MachineSpec, NicKind};
pub use tool::{PROGRAM_VARIABLE, Tool, rack_program};
pub use wreck::sweep;
