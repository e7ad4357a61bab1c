//! Files of a private server on their way to another server: rsync at both ends, TLS between them.
//!
//! The server that is to have them listens at a port of its own for as long as the transfer lasts, with a certificate made for
//! it; the Control Center tells the other its SHA-256 and a token that counts for this one transfer. So each end knows the
//! other, and nobody else gets as far as rsync. There rsync is shut into the directory of the private server and may only
//! write (rsyncd.conf(5)).
//!
//! Attacker's input: what comes in at the port before the token; it is bounded and read within a limit.

mod desk;
mod gate;
mod pipe;
mod send;
mod splice;

use std::time::Duration;

/// A transfer that nobody ended is ended after so long.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);
/// Carries the ticket to the program that rsync calls: command lines are seen by everybody.
const TICKET: &str = "RACKWRIGHT_TRANSFER";

pub use desk::{Desk, Places, Tell};
pub use gate::{Gate, GateError};
pub use pipe::{PipeError, run as pipe};
pub use send::{Pass, SendError, send};
