//! Private servers (white paper, sections 5.3 to 5.7): what the kernel is told so that each has its own root, files, users,
//! processes, address and guaranteed share, and none hurts or sees another.
//!
//! This crate knows the kernel and `crun`; it knows no Control Center.

mod announce;
pub mod bell;
mod beneath;
mod bundle;
mod cable;
pub mod capabilities;
pub mod console;
#[expect(unsafe_code, reason = "these system calls have no wrapper in nix")]
pub mod detached;
mod disks;
pub mod durable;
pub mod exec;
mod expendable;
mod files;
pub mod firewall;
#[expect(unsafe_code, reason = "what is between fork and exec has no safe wrapper")]
mod idmap;
pub mod inside;
#[cfg(test)]
mod isolation;
pub mod keeper;
mod limits;
mod making;
mod mounts;
mod namespace;
pub mod nas;
pub mod places;
#[expect(unsafe_code, reason = "nix has no wrapper for these calls on projects")]
mod project;
mod quota;
pub mod runtime;
mod scope;
pub mod seccomp;
pub mod shaping;
#[expect(unsafe_code, reason = "nix has no wrapper for this ioctl")]
mod terminal;
mod told;
mod tool;
mod trees;
pub mod unpack;
pub mod vault;

pub use expendable::expendable;

/// An error and what caused it, in one line.
#[must_use]
pub fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text.push_str(": ");
        text.push_str(&why.to_string());
        cause = why.source();
    }
    text
}
