//! The outside world behind the ports of the domain.

mod bmc;
mod chance;
mod clock;
mod counters;
mod courier;
mod ping;
mod smtp;
mod web;

pub use bmc::Ipmitool;
pub use chance::KernelChance;
pub use clock::SystemClock;
pub use counters::AllCounters;
pub use courier::HttpCourier;
pub use ping::Icmp;
pub use smtp::{MailError, NoPost, Smtp};
pub use web::Outward;
