//! The outside world behind the ports of the domain.

mod bmc;
mod chance;
mod clock;
mod counters;
mod courier;
mod ping;

pub use bmc::Ipmitool;
pub use chance::KernelChance;
pub use clock::SystemClock;
pub use counters::AllCounters;
pub use courier::HttpCourier;
pub use ping::Icmp;
