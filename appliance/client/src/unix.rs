//! Calls over the unix socket of a Control Center on the same machine. The kernel tells it who is calling.

use std::io::ErrorKind;
use std::path::PathBuf;

use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode};
use serde_json::Value;
use tokio::net::UnixStream;

use crate::exchange::{Call, Limits, exchange};
use crate::{Answer, Caller, Transport};

/// Where `rackwrightd` listens unless its configuration says otherwise.
pub const DEFAULT_PATH: &str = "/run/rackwright/rackwright.sock";

/// The way through a unix socket; a connection per call.
#[derive(Debug, Clone)]
pub struct UnixTransport {
    path: PathBuf,
    limits: Limits,
}

impl UnixTransport {
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), limits: Limits::default() }
    }

    /// The same way with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    async fn connect(&self, action: &str) -> Result<UnixStream, Fault> {
        match tokio::time::timeout(self.limits.connect, UnixStream::connect(&self.path)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(self.unreachable(action, &error)),
            Err(_) => Err(Fault::new(
                FaultCode::TimedOut,
                attempt(action),
                format!(
                    "{} took no connection within {} s",
                    self.path.display(),
                    self.limits.connect.as_secs()
                ),
                "rackwrightd is overloaded or stopped: look at it with: systemctl status rackwrightd",
            )),
        }
    }

    fn unreachable(&self, action: &str, error: &std::io::Error) -> Fault {
        let path = self.path.display();
        let (code, reason, advice) = match error.kind() {
            ErrorKind::NotFound => (
                FaultCode::Unavailable,
                format!("there is no socket at {path}"),
                "Is rackwrightd running? Start it with: systemctl start rackwrightd\n\
                 If it listens elsewhere, name the place with --socket; for another machine use --url.",
            ),
            ErrorKind::ConnectionRefused => (
                FaultCode::Unavailable,
                format!("nobody listens at {path}"),
                "Is rackwrightd running? Start it with: systemctl start rackwrightd",
            ),
            ErrorKind::PermissionDenied => (
                FaultCode::Forbidden,
                format!("you may not open {path}"),
                "Run the command as root, or use a token: rackwright --url https://HOST:8443 --token-file FILE",
            ),
            _ => (
                FaultCode::Unavailable,
                format!("cannot connect to {path}: {error}"),
                "Check that this is the socket of rackwrightd.",
            ),
        };
        Fault::new(code, attempt(action), reason, advice)
    }
}

impl Transport for UnixTransport {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let stream = self.connect(action).await?;
            exchange(stream, Call { caller, action, input, host: "localhost", limits: self.limits }).await
        })
    }
}
