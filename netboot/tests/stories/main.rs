//! The servers as real clients see them.

mod dhcp;
mod http;
mod memory_plan;
mod rack;
mod router;
mod tftp;
