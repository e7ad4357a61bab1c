//! The agent port: TLS sessions that machines open.
//!
//! Without a client certificate a machine is in its provisioning environment or enrols; with one it is a managed server.
//!
//! Attacker's input: everything. Whoever reaches the port may connect. Bounded are: connections in all and per address,
//! the time of a handshake, of a first frame and of every frame, the bytes of a frame, and what waits to be sent. What
//! breaks the protocol is dropped and counted in [`AgentCounters`].

mod counters;
mod desk;
mod frames;
mod listen;
mod registry;
mod session;
mod tls;

pub use counters::{AgentCounters, AgentSnapshot};
pub use desk::{Desk, Refused};
pub use listen::{AgentPort, Limits};
pub use registry::Registry;
pub use tls::{TlsError, server_config};
