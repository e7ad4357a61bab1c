//! Whatever name a request asks for, and whatever a proxy may claim: nothing of it comes back.

use rackwright_catalog::Role;

use super::listener::{Listener, impatient};
use crate::center::{Center, bearer};
use rackwright_panel_kit::session::{COOKIE_NAME, token_of};

/// What a careless server would believe.
const CLAIMS: [&str; 8] = [
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: http",
    "Forwarded: host=evil.example;proto=http",
    "X-Original-URL: /system",
    "X-Rewrite-URL: /system",
    "X-HTTP-Method-Override: DELETE",
    "X-Forwarded-For: 127.0.0.1",
    "X-Rackwright-Origin: panel",
];

#[tokio::test]
async fn no_name_of_a_request_comes_back() {
    let center = Center::start();
    let session = bearer(&center.world.session(Role::Owner).await).to_owned();
    let listener = Listener::serve(center.front.0.clone(), impatient()).await;
    let ask = async |path: &str, host: &str, claim: &str| {
        let said = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {COOKIE_NAME}={session}\r\n{claim}Connection: close\r\n\r\n"
        );
        listener.tell(said.as_bytes()).await.remove(0)
    };
    for path in ["/", "/sign-in?back=%2Fjobs", "/servers", "/nowhere", "/act/user/create", "/help", "/docs"] {
        let mut ours = ask(path, "center:8443", "").await;
        for host in ["evil.example", "evil.example:8443", "center.evil.example", "127.0.0.1"] {
            let theirs = ask(path, host, "").await;
            assert_eq!(theirs.status, ours.status, "{path} at {host}");
            let told = format!("{}{}", theirs.head, theirs.body);
            assert!(!told.contains("evil.example"), "{path} at {host}: {told}");
        }
        for claim in CLAIMS {
            let mut claimed = ask(path, "center:8443", &format!("{claim}\r\n")).await;
            // The clock goes on.
            for one in [&mut ours, &mut claimed] {
                one.head = one.head.lines().filter(|line| !line.starts_with("date:")).collect();
            }
            assert_eq!((claimed.status, &claimed.head), (ours.status, &ours.head), "{path} with {claim}");
            assert!(!claimed.body.contains("evil.example"), "{path} with {claim}");
        }
    }
}

/// Where a form leads to is a path, whatever the host.
#[tokio::test]
async fn nobody_is_sent_to_the_name_of_a_request() {
    let center = Center::start();
    let session = bearer(&center.world.session(Role::Owner).await).to_owned();
    let listener = Listener::serve(center.front.0.clone(), impatient()).await;
    let body = format!("name=r1&height=42&_token={}", token_of(&session));
    let said = format!(
        "POST /act/rack/create HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://evil.example\r\n\
         Sec-Fetch-Site: same-origin\r\nCookie: {COOKIE_NAME}={session}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let heard = listener.tell(said.as_bytes()).await.remove(0);
    assert_eq!((heard.status, heard.header("location")), (303, Some("/racks/r1")), "{heard:?}");
    assert!(!heard.head.contains("evil.example"), "{heard:?}");
}
