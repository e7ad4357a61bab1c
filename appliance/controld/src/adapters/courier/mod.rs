//! HTTP to webhooks: one request on one connection (RFC 9112), to an address that was judged before.
//!
//! Attacker's input: the URL, the answers of name servers, and everything that the receiver says; sizes and times are
//! bounded, and nothing of the answer but its status is kept.

mod authorities;
mod connect;

use std::path::PathBuf;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rackwright_domain::ports::{Courier, CourierError, Later, Parcel};
use rackwright_domain::refusal::chain;
use tokio::task::JoinSet;
use tokio::time::timeout;

use connect::{Stream, Target};

/// Until there is a connection, with looking up the name and TLS.
const CONNECT: Duration = Duration::from_secs(5);
/// From the request to the answer.
const ANSWER: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read, so that the receiver is not cut off while it writes.
const ANSWER_BYTES: usize = 64 << 10;

/// Sends parcels over the network.
#[derive(Debug, Clone)]
pub struct HttpCourier {
    /// Certificate authorities by which receivers are recognised: a PEM file.
    authorities: PathBuf,
}

impl HttpCourier {
    /// Recognises receivers by the authorities in a PEM file, which is read for every parcel.
    #[must_use]
    pub fn new(authorities: impl Into<PathBuf>) -> Self {
        Self { authorities: authorities.into() }
    }

    async fn send(&self, parcel: &Parcel) -> Result<u16, CourierError> {
        let uri: Uri = parcel
            .url
            .parse()
            .map_err(|error| CourierError(format!("The address cannot be used: {error}")))?;
        let target = Target::of(&uri)?;
        let connecting = connect::open(&target, &parcel.reach, &self.authorities);
        let stream = timeout(CONNECT, connecting).await.unwrap_or_else(|_| {
            Err(CourierError(format!("{} took no connection within {} s", target.host, CONNECT.as_secs())))
        })?;
        let request = request(&uri, &target, parcel)?;
        timeout(ANSWER, converse(stream, request, &target)).await.unwrap_or_else(|_| {
            Err(CourierError(format!("{} did not answer within {} s", target.host, ANSWER.as_secs())))
        })
    }
}

impl Courier for HttpCourier {
    fn post<'a>(&'a self, parcel: &'a Parcel) -> Later<'a, Result<u16, CourierError>> {
        Box::pin(self.send(parcel))
    }
}

fn request(uri: &Uri, target: &Target, parcel: &Parcel) -> Result<Request<Full<Bytes>>, CourierError> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path)
        .header(HOST, &target.authority)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("Rackwright/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close");
    for (name, value) in &parcel.headers {
        request = request.header(*name, value);
    }
    let body = Full::from(parcel.body.clone());
    request.body(body).map_err(|error| CourierError(format!("The request cannot be written: {error}")))
}

async fn converse(
    stream: Stream,
    request: Request<Full<Bytes>>,
    target: &Target,
) -> Result<u16, CourierError> {
    let broken = |error: hyper::Error| {
        CourierError(format!("The connection to {} broke: {}", target.host, chain(&error)))
    };
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with this function, whichever way that ends.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status().as_u16();
    // The status is the answer; a body that is too long or breaks off changes nothing.
    drop(Limited::new(response.into_body(), ANSWER_BYTES).collect().await);
    Ok(status)
}
