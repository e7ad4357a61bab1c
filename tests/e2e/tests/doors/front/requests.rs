//! Requests that two readers could read differently (RFC 9112 section 11.2): each is refused and the connection closed,
//! or read as exactly the requests that it is. Over TLS, and over the local socket.

use std::sync::Arc;

use rackwright_api::{ServeLimits, serve_unix};
use rackwright_controld::front;
use tokio::net::{UnixListener, UnixStream};

use super::listener::{Heard, Listener, impatient, tell};
use crate::recorder::{Recorder, recorder};

/// What must come of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// Nothing is carried out, and whatever follows on the connection is not looked at.
    Refused,
    /// Only the outer request is carried out, and the connection is closed after it.
    AloneThenClosed,
    /// Only the outer request is carried out; the one after it is read as it was meant.
    Alone,
    /// The same, and the request is refused for what its body says.
    AloneAndWrong,
}

/// After every attack: if the reader is still in step, it answers this and hangs up.
const AFTER: &str = "GET /api/healthz HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n";
/// What nobody may ever read as a request of its own.
const SMUGGLED: &str = "POST /api/v1/server/count HTTP/1.1\r\nHost: c\r\nContent-Length: 0\r\n\r\n";

/// A call of `server.list` with these header lines and this body.
fn list(headers: &str, body: &str) -> String {
    format!(
        "POST /api/v1/server/list HTTP/1.1\r\nHost: c\r\nContent-Type: application/json\r\n{headers}\r\n{body}"
    )
}

fn attacks() -> Vec<(&'static str, String, Read)> {
    use Read::{Alone, AloneAndWrong, AloneThenClosed, Refused};
    let smuggled_length = SMUGGLED.len();
    let chunk = format!("{smuggled_length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n");
    vec![
        // Two lengths.
        (
            "a length, then chunks",
            list(&format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", 7 + smuggled_length), &format!("2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")),
            AloneThenClosed,
        ),
        (
            "chunks, then a length",
            list("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", &format!("2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")),
            AloneThenClosed,
        ),
        ("two lengths that differ", list("Content-Length: 2\r\nContent-Length: 40\r\n", &format!("{{}}{SMUGGLED}")), Refused),
        ("the same length twice", list("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), Alone),
        ("a list of lengths", list("Content-Length: 2, 2\r\n", "{}"), Refused),
        ("a length with a sign", list("Content-Length: +2\r\n", "{}"), Refused),
        ("a negative length", list("Content-Length: -2\r\n", "{}"), Refused),
        ("a hexadecimal length", list("Content-Length: 0x2\r\n", "{}"), Refused),
        ("a length that overflows", list("Content-Length: 18446744073709551618\r\n", "{}"), Refused),
        ("a length with a blank inside", list("Content-Length: 2 2\r\n", "{}"), Refused),
        ("no length", list("Content-Length: \r\n", "{}"), Refused),
        // Codings that one reader knows and another does not.
        ("a folded coding", list("Transfer-Encoding:\r\n chunked\r\n", &chunk), Refused),
        ("a folded length", list("Content-Length:\r\n\t2\r\n", "{}"), Refused),
        ("an unknown coding", list("Transfer-Encoding: xchunked\r\n", &chunk), Refused),
        ("chunks that are not last", list("Transfer-Encoding: chunked, identity\r\n", &chunk), Refused),
        ("chunks, then something else", list("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", &chunk), Refused),
        ("a blank before the colon", list("Transfer-Encoding : chunked\r\n", &chunk), Refused),
        ("a blank before the name", list(" Transfer-Encoding: chunked\r\n", &chunk), Refused),
        ("a vertical tab", list("Transfer-Encoding: \x0bchunked\r\n", &chunk), Refused),
        ("a bare return", list("X: a\rTransfer-Encoding: chunked\r\n", &chunk), Refused),
        ("a zero byte", list("X: a\0b\r\nContent-Length: 2\r\n", "{}"), Refused),
        // Chunks.
        ("chunks", list("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), Alone),
        ("a request within a chunk", list("Transfer-Encoding: chunked\r\n", &chunk), AloneAndWrong),
        ("an extension of a chunk", list("Transfer-Encoding: chunked\r\n", "2;a=b\r\n{}\r\n0;c\r\n\r\n"), Alone),
        ("a newline in an extension", list("Transfer-Encoding: chunked\r\n", &format!("2;a\n{{}}\r\n0\r\n\r\n{SMUGGLED}")), AloneThenClosed),
        ("a size that overflows", list("Transfer-Encoding: chunked\r\n", &format!("10000000000000002\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")), AloneThenClosed),
        ("a negative size", list("Transfer-Encoding: chunked\r\n", &format!("-2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")), AloneThenClosed),
        ("a size with a prefix", list("Transfer-Encoding: chunked\r\n", &format!("0x2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")), AloneThenClosed),
        ("a size that is too small", list("Transfer-Encoding: chunked\r\n", &format!("1\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}")), AloneThenClosed),
        (
            "trailers that would be headers",
            list("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nContent-Length: 99\r\nHost: evil.example\r\n\r\n"),
            Alone,
        ),
        // Versions.
        (
            "chunks of HTTP/1.0",
            list("Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", &chunk).replace("HTTP/1.1", "HTTP/1.0"),
            Refused,
        ),
        (
            "HTTP/1.0 that stays",
            list("Content-Length: 2\r\nConnection: keep-alive\r\n", "{}").replace("HTTP/1.1", "HTTP/1.0"),
            Alone,
        ),
        ("HTTP/1.0", list("Content-Length: 2\r\n", &format!("{{}}{SMUGGLED}")).replace("HTTP/1.1", "HTTP/1.0"), AloneThenClosed),
        ("HTTP/1.2", list("Content-Length: 2\r\n", "{}").replace("HTTP/1.1", "HTTP/1.2"), Refused),
        ("HTTP/0.9", "GET /api/v1/server/list\r\n\r\n".to_owned(), Refused),
        ("HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), Refused),
        ("a pseudo header", list(":path: /api/v1/server/count\r\nContent-Length: 2\r\n", "{}"), Refused),
        // Lines.
        ("bare newlines", list("Content-Length: 2\r\n", "{}").replace("\r\n", "\n"), Alone),
        ("bare returns", list("Content-Length: 2\r\n", "{}").replace("\r\n", "\r"), Refused),
        ("a request line in two", list("Content-Length: 2\r\n", "{}").replace(" HTTP/1.1", " x HTTP/1.1"), Refused),
        ("tabs in the request line", list("Content-Length: 2\r\n", "{}").replacen(' ', "\t", 1), Refused),
        // Hosts.
        ("no host", list("Content-Length: 2\r\n", "{}").replace("Host: c\r\n", ""), Refused),
        ("two hosts", list("Host: evil.example\r\nContent-Length: 2\r\n", "{}"), Refused),
        ("a host with a name before it", list("Content-Length: 2\r\n", "{}").replace("Host: c", "Host: evil.example@c"), Refused),
        ("a host with a path", list("Content-Length: 2\r\n", "{}").replace("Host: c", "Host: c/x"), Refused),
        ("another host in the target", list("Content-Length: 2\r\n", "{}").replace(" /api", " https://evil.example/api"), Refused),
        ("the same host in the target", list("Content-Length: 2\r\n", "{}").replace(" /api", " https://c/api"), Alone),
        // Bodies where none belongs.
        (
            "a request as the body of a look",
            format!("GET /api/healthz HTTP/1.1\r\nHost: c\r\nContent-Length: {smuggled_length}\r\n\r\n{SMUGGLED}{}", list("Content-Length: 2\r\n", "{}")),
            Alone,
        ),
        ("an upgrade", list("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 2\r\n", "{}"), Alone),
        ("a web socket", "GET /api/v1/server/list HTTP/1.1\r\nHost: c\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: close\r\n\r\n".to_owned(), Refused),
        ("a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n".to_owned(), Refused),
        ("everything", "OPTIONS * HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n".to_owned(), Refused),
        ("an echo", "TRACE / HTTP/1.1\r\nHost: c\r\nCookie: a=b\r\nConnection: close\r\n\r\n".to_owned(), Refused),
        // Addresses that are another one after somebody tidied them up.
        ("dots", list("Content-Length: 2\r\nConnection: close\r\n", "{}").replace("/server/list", "/server/list/../count"), Refused),
        ("coded dots", list("Content-Length: 2\r\nConnection: close\r\n", "{}").replace("/server/list", "/server/%2e%2e/server/count"), Refused),
        ("a coded slash", list("Content-Length: 2\r\nConnection: close\r\n", "{}").replace("/server/list", "/server%2fcount"), Refused),
        ("two slashes", list("Content-Length: 2\r\nConnection: close\r\n", "{}").replace("/server/list", "//server/count"), Refused),
    ]
}

#[track_caller]
fn judge(way: &str, name: &str, read: Read, heard: &[Heard], recorder: &Recorder) {
    let calls: Vec<&str> = recorder.take().into_iter().map(|(action, _)| action).collect();
    let what = format!("{way}, {name}: {calls:?}, {heard:#?}");
    let in_step = heard.last().is_some_and(|last| last.status == 200 && last.body.contains("\"ok\""));
    assert!(!calls.contains(&"server.count"), "what was smuggled is carried out: {what}");
    assert!(heard.iter().all(|one| one.status >= 200), "no protocol is switched: {what}");
    match read {
        Read::Refused => {
            assert!(calls.is_empty() && !in_step, "{what}");
            assert!(heard.len() <= 1 && heard.iter().all(|one| (400..600).contains(&one.status)), "{what}");
        }
        Read::AloneThenClosed => {
            assert!(!in_step && heard.len() <= 1 && calls.len() <= 1, "{what}");
        }
        Read::AloneAndWrong => assert!(in_step && calls.is_empty() && heard.len() == 2, "{what}"),
        Read::Alone => assert!(in_step && calls == ["server.list"], "{what}"),
    }
}

#[tokio::test]
async fn no_request_is_read_as_another_over_tls() {
    let (recorder, transport) = recorder();
    let listener = Listener::serve(front::app(&transport), impatient()).await;
    for (name, attack, read) in attacks() {
        let heard = listener.tell(format!("{attack}{AFTER}").as_bytes()).await;
        judge("over TLS", name, read, &heard, &recorder);
    }
    let stream = listener.connect().await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]), "one protocol is spoken");
}

#[tokio::test]
async fn no_request_is_read_as_another_on_the_socket() {
    let (recorder, transport) = recorder();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).expect("a socket");
    let limits = ServeLimits { ..impatient() };
    tokio::spawn(serve_unix(listener, Arc::clone(&transport), limits, std::future::pending()));
    for (name, attack, read) in attacks() {
        let mut stream = UnixStream::connect(&path).await.expect("connected");
        let heard = tell(&mut stream, format!("{attack}{AFTER}").as_bytes()).await;
        judge("on the socket", name, read, &heard, &recorder);
    }
}

#[tokio::test]
async fn after_an_error_nothing_more_is_read() {
    let (recorder, transport) = recorder();
    let listener = Listener::serve(front::app(&transport), impatient()).await;
    let bad = list("Content-Length: x\r\n", "{}");
    let heard = listener.tell(format!("{bad}{SMUGGLED}{AFTER}").as_bytes()).await;
    judge("over TLS", "an error, then more", Read::Refused, &heard, &recorder);
    let two = list("Content-Length: 2\r\n", "{}").repeat(2);
    let heard = listener.tell(format!("{two}{AFTER}").as_bytes()).await;
    assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [200, 200, 200]);
    assert_eq!(recorder.take().len(), 2, "what is in order is read one after the other");
}
