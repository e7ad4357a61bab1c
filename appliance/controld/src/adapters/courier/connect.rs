//! A connection to a receiver: look the name up, judge every address, connect to one that passed. The name is not looked up
//! again, so that a name server cannot answer otherwise the second time.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use hyper::Uri;
use rackwright_domain::ports::CourierError;
use rackwright_domain::reach::Reach;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{CONNECT, authorities};
use crate::authority::local_addresses;

/// Addresses of one name that are tried.
const TRIED: usize = 4;

/// Both directions of a connection.
pub(super) trait TwoWay: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> TwoWay for T {}

pub(super) type Stream = Pin<Box<dyn TwoWay>>;

/// What a URL says of the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// A name or an IP address, without brackets.
    pub host: String,
    port: u16,
    /// For the `Host` header.
    pub authority: String,
    tls: bool,
}

impl Target {
    pub fn of(uri: &Uri) -> Result<Self, CourierError> {
        let bad = |why: &str| CourierError(format!("The address cannot be used: {why}"));
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(bad("it begins with neither https:// nor http://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Self { host, port, authority: authority.as_str().to_owned(), tls })
    }
}

/// # Errors
/// Why there is no connection.
pub(super) async fn open(target: &Target, reach: &Reach, authorities: &Path) -> Result<Stream, CourierError> {
    let stream = tcp(target, &judged(target, reach).await?).await?;
    if !target.tls {
        return Ok(Box::pin(stream));
    }
    let config = authorities::config(authorities).await?;
    let name = ServerName::try_from(target.host.clone())
        .map_err(|error| CourierError(format!("{} cannot be the name of a server: {error}", target.host)))?;
    let secured = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let secured = secured.map_err(|error| CourierError(format!("No TLS with {}: {error}", target.host)))?;
    Ok(Box::pin(secured))
}

/// The addresses of the other end that may be called.
async fn judged(target: &Target, reach: &Reach) -> Result<Vec<SocketAddr>, CourierError> {
    let found: Vec<SocketAddr> = match target.host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, target.port)],
        Err(_) => lookup_host((target.host.as_str(), target.port))
            .await
            .map_err(|error| CourierError(format!("The name {} was not found: {error}", target.host)))?
            .collect(),
    };
    let own = local_addresses();
    let mut refusals = Vec::new();
    let open = found.into_iter().filter(|address| match reach.refusal(address.ip(), &own) {
        Some(refusal) => {
            refusals.push(refusal);
            false
        }
        None => true,
    });
    let open: Vec<SocketAddr> = open.take(TRIED).collect();
    match (open.is_empty(), refusals.first()) {
        (false, _) => Ok(open),
        (true, Some(refusal)) => Err(CourierError(format!(
            "{} must not be called: it is {refusal}, and webhooks are sent to public addresses alone",
            target.host
        ))),
        (true, None) => Err(CourierError(format!("The name {} has no address", target.host))),
    }
}

async fn tcp(target: &Target, addresses: &[SocketAddr]) -> Result<TcpStream, CourierError> {
    let share = CONNECT / u32::try_from(addresses.len()).unwrap_or(1).max(1);
    let mut why = String::new();
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("{} did not answer", address.ip()),
        }
    }
    Err(CourierError(format!("No connection to {}: {why}", target.host)))
}
