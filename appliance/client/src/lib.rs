//! Typed calls of actions. The panels and the command line know the Control Center only through [`Client`]; what
//! carries a call (in-process, unix socket, HTTPS) is a [`Transport`].

pub mod command;
mod exchange;
pub mod https;
pub mod line;
mod patience;
pub mod unix;

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use rackwright_catalog::{Action, Fault, FaultCode, IdempotencyKey};
use serde_json::Value;

pub use exchange::{KEY_HEADER, Limits, ORIGIN_HEADER};
pub use https::{Fingerprint, HttpsTransport, Trust};
pub use line::cli_line;
pub use unix::UnixTransport;

/// The answer to a call that is under way.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, Fault>> + Send + 'a>>;

/// What proves who is calling.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nobody: only public actions.
    None,
    /// A session or an API token.
    Bearer(String),
    /// A peer of the unix socket, by its user id.
    Local { uid: u32 },
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bearer(_) => f.write_str("Bearer([redacted])"),
            Self::Local { uid } => f.debug_struct("Local").field("uid", uid).finish(),
        }
    }
}

/// Where a call comes from; stands in the audit row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Panel,
    Api,
    Cli,
}

/// Who calls, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub credential: Credential,
    pub origin: Origin,
    /// The address that the request came from; none of this machine's own.
    pub address: Option<IpAddr>,
    /// Carries a change out once, however often the call is made.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Caller {
    /// A caller on this machine.
    #[must_use]
    pub fn new(credential: Credential, origin: Origin) -> Self {
        Self { credential, origin, address: None, idempotency_key: None }
    }

    /// The same caller, at the other end of a network.
    #[must_use]
    pub fn at(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// The same caller, whose calls carry this key.
    #[must_use]
    pub fn keyed(self, key: Option<IdempotencyKey>) -> Self {
        Self { idempotency_key: key, ..self }
    }
}

/// Carries a call to the Control Center and its answer back.
pub trait Transport: Send + Sync {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a>;
}

/// A caller with a way to the Control Center.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    caller: Caller,
}

impl Client {
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, caller: Caller) -> Self {
        Self { transport, caller }
    }

    /// The same way, for another caller.
    #[must_use]
    pub fn with(&self, caller: Caller) -> Self {
        Self { transport: Arc::clone(&self.transport), caller }
    }

    /// Carry out an action, typed.
    ///
    /// # Errors
    /// The fault of the action, or [`FaultCode::Internal`] when the answer is not what the action promises.
    pub async fn call<A: Action>(&self, input: A::Input) -> Result<A::Output, Fault> {
        let wrong = |error: serde_json::Error| {
            Fault::new(
                FaultCode::Internal,
                A::SPEC.name.replace('.', " "),
                format!("the message does not fit the action: {error}"),
                "Use a command and a Control Center of the same version.",
            )
        };
        let input = serde_json::to_value(input).map_err(wrong)?;
        let output = self.call_named(A::SPEC.name, input).await?;
        serde_json::from_value(output).map_err(wrong)
    }

    /// Carry out an action known only by name.
    ///
    /// # Errors
    /// The fault of the action.
    pub async fn call_named(&self, action: &str, input: Value) -> Result<Value, Fault> {
        self.transport.call(&self.caller, action, input).await
    }
}
