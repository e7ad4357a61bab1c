//! Calls over HTTPS, for a Control Center on another machine.

mod address;
mod trust;

use std::sync::Arc;

use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode};
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub use address::{Address, BadAddress};
pub use trust::{BadFingerprint, Fingerprint, Trust};

use crate::exchange::{Call, Limits, chain, exchange};
use crate::{Answer, Caller, Transport};
use trust::Guard;

/// The way over HTTPS; a connection per call. The token is the caller's credential.
#[derive(Debug, Clone)]
pub struct HttpsTransport {
    address: Address,
    trust: Trust,
    limits: Limits,
}

impl HttpsTransport {
    /// A way to `url`, such as `https://10.77.0.1:8443`, to a Control Center that `trust` recognises.
    ///
    /// # Errors
    /// [`BadAddress`] says what is wrong with the URL.
    pub fn new(url: &str, trust: Trust) -> Result<Self, BadAddress> {
        Ok(Self { address: url.parse()?, trust, limits: Limits::default() })
    }

    /// The same way with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    async fn connect(&self, action: &str) -> Result<TlsStream<TcpStream>, Fault> {
        let (guard, config) = self.trust.client_config(action)?;
        let name = ServerName::try_from(self.address.host().to_owned()).map_err(|error| {
            self.unreachable(
                action,
                &format!("{:?} cannot be the name of a server: {error}", self.address.host()),
            )
        })?;
        let connect = async {
            let tcp = TcpStream::connect((self.address.host(), self.address.port()))
                .await
                .map_err(|error| self.unreachable(action, &error.to_string()))?;
            let connector = TlsConnector::from(Arc::new(config));
            connector.connect(name, tcp).await.map_err(|error| self.untrusted(action, &guard, &error))
        };
        tokio::time::timeout(self.limits.connect, connect).await.unwrap_or_else(|_| {
            Err(Fault::new(
                FaultCode::TimedOut,
                attempt(action),
                format!("{} took no connection within {} s", self.address, self.limits.connect.as_secs()),
                "Check the address, and that no firewall drops the packets.",
            ))
        })
    }

    fn unreachable(&self, action: &str, reason: &str) -> Fault {
        Fault::new(
            FaultCode::Unavailable,
            attempt(action),
            format!("cannot connect to {}: {reason}", self.address),
            "Check the address (a Control Center listens on port 8443 unless told otherwise) and that rackwrightd runs there.",
        )
    }

    fn untrusted(&self, action: &str, guard: &Guard, error: &std::io::Error) -> Fault {
        let Some(shown) = guard.refused() else {
            return self.unreachable(action, &format!("the TLS handshake failed: {}", chain(error)));
        };
        Fault::new(
            FaultCode::Unavailable,
            attempt(action),
            format!("{} showed a certificate that is not trusted: {}", self.address, shown.why),
            format!(
                "It shows the SHA-256 fingerprint {}. Compare it with the one that rackwrightd wrote to its log when it started; \
                 if they agree, add: --fingerprint {}",
                shown.fingerprint, shown.fingerprint
            ),
        )
    }
}

impl Transport for HttpsTransport {
    fn call<'a>(&'a self, caller: &'a Caller, action: &'a str, input: Value) -> Answer<'a> {
        Box::pin(async move {
            let stream = self.connect(action).await?;
            let host = self.address.authority();
            exchange(stream, Call { caller, action, input, host: &host, limits: self.limits }).await
        })
    }
}
