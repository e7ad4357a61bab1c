//! `rackwright-agent`: one static binary for a machine's whole life. In the provisioning environment it is /init, takes the
//! inventory and installs; on the installed system it redeems its token for a certificate and keeps a session to the
//! Control Center. It always dials, never listens. White paper sections 3 and 5.3.

pub mod arguments;
#[cfg(test)]
mod center;
pub mod command;
pub mod enrol;
pub mod fingerprint;
pub mod install;
pub mod inventory;
pub mod managed;
pub mod provision;
pub mod session;
pub mod system;
pub mod transfer;
pub mod vault;

pub use rackwright_privsrv::durable as files;
