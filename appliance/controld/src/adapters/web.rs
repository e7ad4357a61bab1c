//! Calls of servers in the web (HTTP/1.1, RFC 9112), over TLS with the certificate authorities that the machine trusts.
//!
//! Attacker's input: the answer, and what a name resolves to. Both are bounded; a call that may only go into the world goes
//! to the very address that was looked at.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rackwright_domain::ports::{Later, Web, WebAnswer, WebCall, WebError, WebReach};
use rackwright_domain::reach::is_public;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// From the first step to the last byte of the answer.
const LIMIT: Duration = Duration::from_secs(10);
/// Bytes of an answer.
const ANSWER: usize = 512 << 10;
/// Bytes of an answer's head.
const HEAD: usize = 32 << 10;
/// Addresses of a name that are tried.
const ADDRESSES: usize = 4;
/// Calls at the same time.
const AT_ONCE: usize = 32;

/// Calls the web.
pub struct Outward {
    /// Whom to trust; none reads what the machine trusts at every call, so that a new authority counts at once.
    roots: Option<Arc<RootCertStore>>,
    limit: Duration,
    room: tokio::sync::Semaphore,
}

impl Outward {
    /// Trusts whom the machine trusts.
    #[must_use]
    pub fn new() -> Self {
        Self { roots: None, limit: LIMIT, room: tokio::sync::Semaphore::new(AT_ONCE) }
    }

    async fn roots(&self) -> Result<Arc<RootCertStore>, WebError> {
        if let Some(roots) = &self.roots {
            return Ok(Arc::clone(roots));
        }
        let read = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
        let read = read.map_err(|error| WebError::Unreachable(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(read.certs);
        if roots.is_empty() {
            let text = "this machine trusts no certificate authority; install the package ca-certificates";
            return Err(WebError::Untrusted(text.to_owned()));
        }
        Ok(Arc::new(roots))
    }

    async fn exchange(&self, call: WebCall) -> Result<WebAnswer, WebError> {
        let uri: Uri = call.url.parse().map_err(|_| forbidden("the address cannot be read"))?;
        let host = uri.host().ok_or_else(|| forbidden("the address names no host"))?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if call.reach == WebReach::Anywhere => false,
            _ => return Err(forbidden("the address is not HTTPS")),
        };
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let stream = connect(&host, port, call.reach).await?;
        if !tls {
            return converse(stream, &uri, call).await;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| WebError::Unreachable(error.to_string()))?
            .with_root_certificates(self.roots().await?)
            .with_no_client_auth();
        let name = ServerName::try_from(host).map_err(|error| forbidden(&error.to_string()))?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(untrusted)?;
        converse(stream, &uri, call).await
    }
}

impl Default for Outward {
    fn default() -> Self {
        Self::new()
    }
}

impl Web for Outward {
    fn call(&self, call: WebCall) -> Later<'_, Result<WebAnswer, WebError>> {
        Box::pin(async move {
            let whole = async {
                let _room = self.room.acquire().await.map_err(|_| WebError::TimedOut)?;
                self.exchange(call).await
            };
            tokio::time::timeout(self.limit, whole).await.unwrap_or(Err(WebError::TimedOut))
        })
    }
}

fn forbidden(why: &str) -> WebError {
    WebError::Forbidden(why.to_owned())
}

fn untrusted(error: std::io::Error) -> WebError {
    let certificate = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_)));
    let text = error.to_string();
    if certificate { WebError::Untrusted(text) } else { WebError::Unreachable(text) }
}

async fn connect(host: &str, port: u16, reach: WebReach) -> Result<TcpStream, WebError> {
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> =
        found.map_err(|error| WebError::Unreachable(format!("{host}: {error}")))?.take(ADDRESSES).collect();
    let mut last = WebError::Unreachable(format!("{host} has no address"));
    for address in found {
        if reach == WebReach::World && !is_public(address.ip()) {
            last = WebError::Forbidden(format!("{host} is at {}, within a private network", address.ip()));
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = WebError::Unreachable(format!("{address}: {error}")),
        }
    }
    Err(last)
}

async fn converse<S>(stream: S, uri: &Uri, call: WebCall) -> Result<WebAnswer, WebError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder().method(if call.post { "POST" } else { "GET" }).uri(path);
    for (name, value) in &call.headers {
        let mut value = HeaderValue::from_str(value).map_err(|_| forbidden("a header cannot be sent"))?;
        value.set_sensitive(true);
        request = request.header(name, value);
    }
    let request = request
        .header(HOST, authority)
        .body(Full::new(Bytes::from(call.body)))
        .map_err(|error| WebError::Forbidden(error.to_string()))?;
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.max_buf_size(HEAD).max_headers(64);
    let broken = |error: hyper::Error| WebError::NotHttp(error.to_string());
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with this function, whichever way that ends.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status().as_u16();
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let content_type = kind.map(str::to_owned);
    let body = Limited::new(response.into_body(), ANSWER).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            WebError::TooLarge(ANSWER)
        } else {
            WebError::NotHttp(error.to_string())
        }
    })?;
    Ok(WebAnswer { status, content_type, body: body.to_bytes().to_vec() })
}

#[cfg(test)]
mod tests;
