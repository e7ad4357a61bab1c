//! Calls over HTTPS, for a Control Center on another machine.

mod address;
mod trust;

use std::sync::Arc;

use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode};
use rustls::ClientConfig;
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
    /// The command that trusts what is shown, once its fingerprint is appended.
    remedy: Option<String>,
}

impl HttpsTransport {
    /// A way to `url`, such as `https://10.77.0.1:8443`, to a Control Center that `trust` recognises.
    ///
    /// # Errors
    /// [`BadAddress`] says what is wrong with the URL.
    pub fn new(url: &str, trust: Trust) -> Result<Self, BadAddress> {
        Ok(Self { address: url.parse()?, trust, limits: Limits::default(), remedy: None })
    }

    /// The same way; a fault for an unknown certificate names this command, with the fingerprint behind it.
    #[must_use]
    pub fn trusted_by(self, command: impl Into<String>) -> Self {
        Self { remedy: Some(command.into()), ..self }
    }

    /// The fingerprint that the other end shows: of its authority, or of its only certificate. Trusts it with nothing.
    ///
    /// # Errors
    /// When nothing there speaks TLS.
    pub async fn fingerprint(&self, action: &str) -> Result<Fingerprint, Fault> {
        let (guard, config) = Trust::Unknown.client_config(action)?;
        match self.handshake(action, &guard, config).await {
            // Nothing is trusted, so that every certificate is refused.
            Ok(_) => Err(self.unreachable(action, "it showed no certificate")),
            Err(fault) => guard.refused().map(|shown| shown.fingerprint).ok_or(fault),
        }
    }

    /// The same way with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    async fn connect(&self, action: &str) -> Result<TlsStream<TcpStream>, Fault> {
        let (guard, config) = self.trust.client_config(action)?;
        self.handshake(action, &guard, config).await
    }

    async fn handshake(
        &self,
        action: &str,
        guard: &Guard,
        config: ClientConfig,
    ) -> Result<TlsStream<TcpStream>, Fault> {
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
            connector.connect(name, tcp).await.map_err(|error| self.untrusted(action, guard, &error))
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
        let remedy = self.remedy.as_ref().map_or_else(
            || {
                format!(
                    "add: --fingerprint {0}\nTo keep it: rackwright context add NAME --url {1} --fingerprint {0}",
                    shown.fingerprint, self.address
                )
            },
            |command| format!("run: {command} {}", shown.fingerprint),
        );
        Fault::new(
            FaultCode::Unavailable,
            attempt(action),
            format!("{} showed a certificate that is not trusted: {}", self.address, shown.why),
            format!(
                "It shows the SHA-256 fingerprint {}. Compare it with the one that rackwrightd wrote to its log when it started; \
                 if they agree, {remedy}",
                shown.fingerprint
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
