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
async fn an_ended_session_leads_to_the_door() {
    let panel = panel();
    let request =
        get("/servers").header("cookie", "__Host-rackwright=rws_old").body(Body::empty()).expect("a request");
    let page = panel.send(request).await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in?back=%2Fservers"));
    assert!(
        page.cookies().is_empty(),
        "a cookie that another tab just got is not taken away: {:?}",
        page.cookies()
    );
    let again =
        get("/sign-in?back=%2Fservers").header("cookie", "__Host-rackwright=rws_old").body(Body::empty());
    assert_eq!(panel.send(again.expect("a request")).await.status, 200, "nobody is led in circles");
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

/// A Control Center that asks for the code 287082 after the password.
fn with_second_factor() -> crate::harness::Panel {
    let panel = panel();
    panel.fake.on("session.open", |input| {
        let problem = |text: &str| {
            let field = rackwright_catalog::FieldProblem::new("code", text);
            rackwright_catalog::Fault::invalid("sign in", vec![field])
        };
        match input["code"].as_str() {
            None => Err(problem("is missing")),
            Some("287082") => {
                let mut opened =
                    (rackwright_catalog::entry("session.open").expect("in the catalogue").sample_output)();
                opened["session"] = CREDENTIAL.into();
                Ok(opened)
            }
            Some(_) => Err(rackwright_catalog::Fault {
                code: rackwright_catalog::FaultCode::NotSignedIn,
                ..problem("is wrong or was used already")
            }),
        }
    });
    panel
}

#[tokio::test]
async fn the_code_is_asked_for_in_a_second_step_without_the_password_in_the_page() {
    let panel = with_second_factor();
    let body = encode([("user", "robin"), ("password", "hush-hush"), ("back", "/jobs")]);
    let page = panel.send(post("/sign-in").body(Body::from(body)).expect("a request")).await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in/code?back=%2Fjobs"));
    let step = page.cookies()[0].to_owned();
    for flag in ["__Host-rackwright-step=", "Path=/;", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(step.contains(flag), "{flag} in {step}");
    }
    assert!(!step.contains("hush-hush") && !step.contains("rws_"), "{step}");
    let kept = step.split(';').next().expect("a cookie").to_owned();
    let asked = get("/sign-in/code?back=%2Fjobs").header("cookie", &kept).body(Body::empty());
    let asked = panel.send(asked.expect("a request")).await;
    asked.shows("Sign in as robin").shows("autocomplete=\"one-time-code\"").shows("value=\"/jobs\"");
    assert!(!asked.text.contains("hush-hush"));
    let answer = |code: &'static str| {
        let body = Body::from(encode([("code", code), ("back", "/jobs")]));
        post("/sign-in/code").header("cookie", &kept).body(body).expect("a request")
    };
    let wrong = panel.send(answer("000000")).await;
    assert_eq!(wrong.status, 401);
    wrong.shows("is wrong or was used already").shows("name=\"code\"");
    let right = panel.send(answer("287082")).await;
    assert_eq!((right.status, right.header("location")), (303, "/jobs"));
    assert!(right.cookies()[0].starts_with(&format!("__Host-rackwright={CREDENTIAL}; ")));
    assert!(right.cookies()[1].starts_with("__Host-rackwright-step=; "), "{:?}", right.cookies());
    let again = panel.send(answer("287082")).await;
    assert_eq!((again.status, again.header("location")), (303, "/sign-in"), "the password is forgotten");
}

#[tokio::test]
async fn nobody_comes_to_the_second_step_without_the_first() {
    let panel = with_second_factor();
    for cookie in ["", "__Host-rackwright-step=0000"] {
        let shown = get("/sign-in/code").header("cookie", cookie).body(Body::empty()).expect("a request");
        let body = Body::from(encode([("code", "287082")]));
        let sent = post("/sign-in/code").header("cookie", cookie).body(body).expect("a request");
        for request in [shown, sent] {
            let page = panel.send(request).await;
            assert_eq!((page.status, page.header("location")), (303, "/sign-in"));
        }
    }
    assert!(panel.fake.intents("session.open").is_empty());
}

#[tokio::test]
async fn a_new_secret_is_shown_as_a_picture_and_leads_to_its_confirmation() {
    let panel = panel();
    let page = panel.post("/act/factor/totp-begin", &[("current", "correct horse battery")]).await;
    page.shows("<svg class=\"qr\" viewBox=\"0 0 ").shows("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    page.shows("href=\"/act/factor/totp-confirm\"");
    let codes = panel.post("/act/factor/totp-confirm", &[("code", "287082")]).await;
    codes.shows("<code>01234-56789-abcde-fghjk</code><code>kmnpq-rstvw-xyz01-23456</code>");
}

#[tokio::test]
async fn whoever_forgot_the_password_asks_for_a_link_and_sets_a_new_one() {
    let panel = panel();
    panel.open_as_nobody("/sign-in").await.shows("href=\"/sign-in/forgot\"");
    panel.open_as_nobody("/sign-in/forgot").await.shows("name=\"user\"");
    let ask = |user: &'static str| {
        post("/sign-in/forgot").body(Body::from(encode([("user", user)]))).expect("a request")
    };
    panel.send(ask("robin")).await.shows("If somebody has this name").shows("id=\"sent\"");
    assert_eq!(panel.fake.intents("user.forgot")[0].input["user"], "robin");
    panel.fake.on("user.forgot", |_| {
        let code = rackwright_catalog::FaultCode::Conflict;
        Err(rackwright_catalog::Fault::new(code, "send a link", "there is no mail server", "Ask root."))
    });
    let refused = panel.send(ask("robin")).await;
    assert_eq!(refused.status, 409);
    refused.shows("there is no mail server").shows("Ask root.");

    let opened = panel.open_as_nobody("/sign-in/reset?key=rwl_3f").await;
    opened.shows("value=\"rwl_3f\"").shows("autocomplete=\"new-password\"");
    assert!(panel.fake.intents("user.reset").is_empty(), "opening the link changes nothing");
    let body = encode([("key", "rwl_3f"), ("password", "staple every battery")]);
    let set = panel.send(post("/sign-in/reset").body(Body::from(body)).expect("a request")).await;
    set.shows("id=\"set\"");
    assert!(!set.text.contains("staple every battery"));
    let input = &panel.fake.intents("user.reset")[0].input;
    assert_eq!(
        (input["key"].as_str(), input["password"].as_str()),
        (Some("rwl_3f"), Some("staple every battery"))
    );
}
