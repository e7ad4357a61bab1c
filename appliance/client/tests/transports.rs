//! What a caller is told when the other end is missing, silent, too talkative or not a Control Center.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::{
    Caller, Credential, HttpsTransport, Limits, Origin, Transport, Trust, UnixTransport,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};

const SHORT: Limits =
    Limits { connect: Duration::from_millis(300), answer: Duration::from_millis(300), answer_bytes: 4_096 };

fn caller() -> Caller {
    Caller::new(Credential::Bearer("rwt_hush".into()), Origin::Cli)
}

fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(story)
}

async fn fault(path: &Path) -> Fault {
    let transport = UnixTransport::new(path).with_limits(SHORT);
    transport.call(&caller(), "server.list", json!({})).await.expect_err("no Control Center is there")
}

/// A peer that reads the request, answers `bytes` and then closes, or holds the connection open.
async fn answered(bytes: Vec<u8>, hold: bool) -> (Fault, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).expect("a socket");
    let peer = async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut request = vec![0; 4_096];
        let length = stream.read(&mut request).await.expect("a request");
        // The caller may hang up early.
        let _ = stream.write_all(&bytes).await;
        if hold {
            std::future::pending::<()>().await;
        }
        String::from_utf8_lossy(&request[..length]).into_owned()
    };
    if hold {
        tokio::select! { fault = fault(&path) => (fault, String::new()), _ = peer => unreachable!("it holds") }
    } else {
        tokio::join!(fault(&path), peer)
    }
}

#[test]
fn a_missing_socket_says_how_to_start_the_daemon() {
    let fault = run(fault(Path::new("/nonexistent/rackwright.sock")));
    assert_eq!(fault.code, FaultCode::Unavailable);
    assert!(fault.reason.contains("/nonexistent/rackwright.sock"), "{fault}");
    assert!(fault.advice.contains("systemctl start rackwrightd"), "{fault}");
}

#[test]
fn a_socket_left_behind_says_that_nobody_listens() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    assert!(run(fault(&path)).reason.contains("nobody listens"));
}

#[test]
fn silence_ends_with_the_time_limit() {
    let (fault, _) = run(answered(Vec::new(), true));
    assert_eq!(fault.code, FaultCode::TimedOut);
    assert!(fault.reason.contains("did not answer"), "{fault}");
}

#[test]
fn an_endless_answer_is_cut_off() {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n".to_vec();
    answer.resize(100_000, b' ');
    let (fault, _) = run(answered(answer, true));
    assert!(fault.reason.contains("limit"), "{fault}");
}

#[test]
fn something_else_than_a_control_center_is_quoted() {
    let (fault, request) =
        run(answered(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\n\x1b[2Jx".to_vec(), false));
    assert!(fault.reason.contains("502 Bad Gateway") && fault.reason.contains("[2Jx"), "{fault}");
    assert!(!fault.reason.contains('\u{1b}'), "{fault:?}");
    assert!(request.starts_with("POST /api/v1/server/list HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer rwt_hush\r\n"), "{request}");
    assert!(request.contains("x-rackwright-origin: cli\r\n"), "{request}");
}

#[test]
fn a_port_that_does_not_speak_tls_is_named() {
    let fault = run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("bound"));
        let peer = async {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            stream.write_all(b"SSH-2.0-x\r\n").await.expect("sent");
            std::future::pending::<()>().await;
        };
        let transport = HttpsTransport::new(&url, Trust::Unknown).expect("a URL").with_limits(SHORT);
        let caller = caller();
        tokio::select! {
            answer = transport.call(&caller, "server.list", json!({})) => answer.expect_err("not TLS"),
            () = peer => unreachable!("it waits"),
        }
    });
    assert!(
        fault.reason.contains("https://127.0.0.1:") && fault.reason.contains("TLS handshake failed"),
        "{fault}"
    );
}

#[test]
fn a_token_with_a_line_break_is_never_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s");
    let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    let caller = Caller::new(Credential::Bearer("rwt_x\r\nx: y".into()), Origin::Cli);
    let fault = run(async {
        UnixTransport::new(&path)
            .with_limits(SHORT)
            .call(&caller, "server.list", json!({}))
            .await
            .expect_err("bad")
    });
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_answer_breaks_the_caller(head in prop_oneof![Just(&b""[..]), Just(&b"HTTP/1.1 200 OK\r\n"[..]),
        Just(&b"HTTP/1.1 409 Conflict\r\ncontent-length: 20\r\n\r\n{\"code\":"[..])], rest: Vec<u8>) {
        let (fault, _) = run(answered([head, &rest].concat(), false));
        prop_assert!(!fault.reason.is_empty());
    }
}
