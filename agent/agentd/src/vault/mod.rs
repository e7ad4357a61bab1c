//! Snapshots and backups: work on the files of private servers that takes its time, each in a thread of its own.
//!
//! Backups are restic's (restic(1)), which speaks to the Control Center over TLS. What opens them comes with every order and is
//! kept in a file of /run for as long as restic runs, never on a command line.

mod access;
mod backup;
mod desk;
mod place;
mod restic;
mod work;

pub use desk::{Desk, Tell};
