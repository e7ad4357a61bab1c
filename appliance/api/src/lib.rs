//! The HTTP face of the actions: a route per catalogue entry, live events, the API's own description, and the listeners
//! that serve them over TLS and over a unix socket. What an action does is behind a [`rackwright_client::Transport`].
//!
//! Attacker's input: everything. Connections, handshakes, heads and bodies are bounded in number, size and time.

mod call;
mod caller;
mod events;
mod openapi;
mod refusal;
mod routes;
mod serve;

pub use caller::LocalPeer;
pub use openapi::document;
pub use refusal::{respond, status_of};
pub use routes::router;
pub use serve::{Place, Places, ServeLimits, serve_https, serve_unix};
