//! Who gets in, and what other sites cannot do.

use axum::body::Body;
use axum::http::Request;

use crate::fake::CREDENTIAL;
use crate::harness::{cookie, encode, get, panel, post, token};
use crate::pages::PAGES;

/// Every address that takes a form of a signed-in person.
const POSTS: [&str; 5] = [
    "/sign-out",
    "/act/server/accept",
    "/act/server/accept/line",
    "/bulk/server/retire",
    "/bulk/server/retire/lines",
];

fn accept() -> String {
    encode([("server", "r1-u07"), ("_token", token().as_str())])
}

#[tokio::test]
async fn a_form_without_the_sessions_token_is_refused() {
    let panel = panel();
    for path in POSTS {
        for body in [encode([("server", "r1-u07")]), encode([("server", "r1-u07"), ("_token", "0000")])] {
            let request = post(path).header("cookie", cookie()).body(Body::from(body)).expect("a request");
            assert_eq!(panel.send(request).await.status, 403, "{path}");
        }
    }
    assert!(panel.fake.intents("server.accept").is_empty() && panel.fake.intents("session.close").is_empty());
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_even_with_the_token() {
    let panel = panel();
    for path in POSTS.into_iter().chain(["/sign-in"]) {
        for (name, value) in
            [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let request = Request::post(path)
                .header("host", "center:8443")
                .header("cookie", cookie())
                .header(name, value);
            let page = panel.send(request.body(Body::from(accept())).expect("a request")).await;
            assert_eq!(page.status, 403, "{path} {name}: {value}");
        }
        let silent = Request::post(path).header("host", "center:8443").header("cookie", cookie());
        assert_eq!(
            panel.send(silent.body(Body::from(accept())).expect("a request")).await.status,
            403,
            "{path}"
        );
    }
    assert!(panel.fake.intents("server.accept").is_empty() && panel.fake.intents("session.open").is_empty());
}

#[tokio::test]
async fn the_session_cookie_is_for_this_host_only_and_no_script_reads_it() {
    let panel = panel();
    let body = encode([("user", "admin"), ("password", "correct horse battery"), ("back", "/jobs")]);
    let page = panel.send(post("/sign-in").body(Body::from(body)).expect("a request")).await;
    assert_eq!((page.status, page.header("location")), (303, "/jobs"));
    let cookie = page.cookies()[0];
    assert!(cookie.starts_with(&format!("__Host-rackwright={CREDENTIAL}; ")), "{cookie}");
    for flag in ["Path=/;", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age="] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn after_signing_in_nobody_is_sent_elsewhere() {
    let panel = panel();
    for back in ["https://evil.example", "//evil.example", "/\\evil.example", ""] {
        let body = encode([("user", "admin"), ("password", "x"), ("back", back)]);
        let page = panel.send(post("/sign-in").body(Body::from(body)).expect("a request")).await;
        assert_eq!((page.status, page.header("location")), (303, "/"), "{back}");
    }
}

#[tokio::test]
async fn a_wrong_password_says_so_and_keeps_the_name() {
    let panel = panel();
    panel.fake.on("session.open", |_| {
        Err(rackwright_catalog::Fault::new(
            rackwright_catalog::FaultCode::NotSignedIn,
            "sign in",
            "name or password is wrong",
            "Try again.",
        ))
    });
    let body = encode([("user", "robin"), ("password", "hush-hush")]);
    let page = panel.send(post("/sign-in").body(Body::from(body)).expect("a request")).await;
    assert_eq!(page.status, 401);
    page.shows("name or password is wrong").shows("value=\"robin\"");
    assert!(!page.text.contains("hush-hush") && page.cookies().is_empty());
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_door_and_back() {
    let panel = panel();
    for (path, ..) in PAGES {
        let page = panel.open_as_nobody(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(
            page.header("location").starts_with("/sign-in?back=%2F"),
            "{path}: {}",
            page.header("location")
        );
    }
    let part = get("/parts/fleet").header("hx-request", "true").body(Body::empty()).expect("a request");
    let part = panel.send(part).await;
    assert_eq!((part.status, part.header("hx-redirect")), (401, "/sign-in"));
}

#[tokio::test]
async fn an_ended_session_is_forgotten() {
    let panel = panel();
    let request =
        get("/servers").header("cookie", "__Host-rackwright=rws_old").body(Body::empty()).expect("a request");
    let page = panel.send(request).await;
    assert_eq!(page.status, 303);
    assert!(page.cookies()[0].contains("Max-Age=0"), "{:?}", page.cookies());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_cookie() {
    let panel = panel();
    let page = panel.post("/sign-out", &[]).await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
    assert!(page.cookies()[0].starts_with("__Host-rackwright=; ") && page.cookies()[0].contains("Max-Age=0"));
    assert_eq!(panel.fake.intents("session.close").len(), 1);
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let panel = panel();
    let refused = Request::post("/act/server/accept")
        .header("host", "center:8443")
        .body(Body::empty())
        .expect("a request");
    let mut answers = vec![
        panel.open_as_nobody("/sign-in").await,
        panel.open_as_nobody("/servers").await,
        panel.send(refused).await,
    ];
    for path in PAGES.iter().map(|(path, ..)| *path).chain(["/nowhere", "/assets/none.css"]) {
        answers.push(panel.open(path).await);
    }
    for page in answers {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let panel = panel();
    let body = encode([("server", "x".repeat(1 << 20).as_str())]);
    let request =
        post("/act/server/accept").header("cookie", cookie()).body(Body::from(body)).expect("a request");
    assert_eq!(panel.send(request).await.status, 413);
}
