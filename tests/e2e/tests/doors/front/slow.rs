//! Peers that dawdle are hung up on, and nobody waits for them.

use std::time::Duration;

use rackwright_api::ServeLimits;
use rackwright_controld::front;
use rackwright_panel_kit::session::{COOKIE_NAME, token_of};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

use super::listener::{Heard, Listener, impatient, listen};
use crate::recorder::recorder;

const HEALTH: &[u8] = b"GET /api/healthz HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n";
const SESSION: &str = "rws_anybody";

async fn served(limits: ServeLimits) -> Listener {
    let (_, transport) = recorder();
    Listener::serve(front::app(&transport), limits).await
}

/// Sends `start`, then a drop of `rest` again and again, until the other side hangs up.
async fn drip(listener: &Listener, start: &str, rest: &[u8]) -> Vec<Heard> {
    let (mut reader, mut writer) = tokio::io::split(listener.connect().await);
    writer.write_all(start.as_bytes()).await.expect("the start is taken");
    let rest = rest.to_vec();
    let dripping = tokio::spawn(async move {
        while writer.write_all(&rest).await.is_ok() && writer.flush().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let heard = listen(&mut reader).await;
    dripping.abort();
    heard
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_cut_off() {
    let listener = served(impatient()).await;
    let heard = drip(&listener, "GET / HTTP/1.1\r\nHost: c\r\n", b"X: y\r\n").await;
    assert!(heard.iter().all(|one| matches!(one.status, 408 | 431)), "{heard:?}");
    let heard = drip(&listener, "GET /", b"x").await;
    assert!(heard.iter().all(|one| matches!(one.status, 408 | 414 | 431)), "{heard:?}");
}

#[tokio::test]
async fn a_body_that_comes_drop_by_drop_is_cut_off() {
    let listener = served(impatient()).await;
    let call = "POST /api/v1/server/accept HTTP/1.1\r\nHost: c\r\nContent-Type: application/json\r\n";
    let heard = drip(&listener, &format!("{call}Content-Length: 1000000\r\n\r\n"), b" ").await;
    assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [408], "{heard:?}");
    let heard = drip(&listener, &format!("{call}Transfer-Encoding: chunked\r\n\r\n"), b"1\r\n \r\n").await;
    assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [408], "{heard:?}");
    for path in ["/act/server/accept", "/bulk/server/retire", "/sign-in", "/sign-in/code", "/language"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: c\r\nOrigin: https://c\r\nCookie: {COOKIE_NAME}={SESSION}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n_token={}&x=",
            token_of(SESSION)
        );
        let heard = drip(&listener, &head, b"y").await;
        assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [408], "{path}: {heard:?}");
    }
}

#[tokio::test]
async fn a_connection_on_which_nothing_follows_is_closed() {
    let listener = served(impatient()).await;
    let heard = listener.tell(b"GET /api/healthz HTTP/1.1\r\nHost: c\r\n\r\n").await;
    assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [200]);
}

/// A peer that asks for much and reads nothing holds the only place until it is given up.
#[tokio::test]
async fn a_peer_that_reads_nothing_is_given_up() {
    let limits = ServeLimits { connections: 1, head: Duration::from_secs(600), ..impatient() };
    let listener = served(limits).await;
    let socket = TcpSocket::new_v4().expect("a socket");
    // The kernel keeps little for it.
    socket.set_recv_buffer_size(4 << 10).expect("a small buffer");
    let tcp = socket.connect(listener.address()).await.expect("connected");
    let mut deaf = listener.connect_over(tcp).await;
    let much = "GET /api/openapi.json HTTP/1.1\r\nHost: c\r\n\r\n".repeat(200);
    deaf.write_all(much.as_bytes()).await.expect("the questions are taken");
    deaf.flush().await.expect("the questions are taken");
    let heard = listener.tell(HEALTH).await;
    assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [200], "the place is free again");
}

#[tokio::test]
async fn others_are_served_while_many_dawdle() {
    let limits = ServeLimits { connections: 40, per_address: 40, ..ServeLimits::default() };
    let listener = served(limits).await;
    let mut slow = Vec::new();
    for number in 0..39 {
        let mut stream = listener.connect().await;
        let start = match number % 3 {
            0 => "GET / HTTP/1.1\r\nHost: c\r\nX: ".to_owned(),
            1 => "POST /sign-in HTTP/1.1\r\nHost: c\r\nOrigin: https://c\r\nContent-Length: 9\r\n\r\nuser="
                .to_owned(),
            _ => format!("GET /live HTTP/1.1\r\nHost: c\r\nCookie: {COOKIE_NAME}={SESSION}\r\n\r\n"),
        };
        stream.write_all(start.as_bytes()).await.expect("the start is taken");
        stream.flush().await.expect("the start is taken");
        slow.push(stream);
    }
    for _ in 0..3 {
        let heard = listener.tell(HEALTH).await;
        assert_eq!(heard.iter().map(|one| one.status).collect::<Vec<_>>(), [200]);
    }
}
