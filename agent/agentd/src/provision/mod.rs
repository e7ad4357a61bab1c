//! The provisioning environment: what a bare machine netboots. As process 1 this program is the machine's init and starts
//! itself again as a worker; the worker loads drivers, finds the network, reports the inventory and carries out orders.

mod cmdline;
mod console;
mod conversation;
mod drivers;
mod init;
mod journal;
mod network;
mod outbox;
mod restart;
mod worker;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

/// What `rackwright-agent provision` does. Neither role ends while the machine runs.
#[must_use]
pub fn start() -> ExitCode {
    if std::process::id() == 1 { init::be() } else { worker::be() }
}
