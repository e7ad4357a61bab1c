//! Signing in by a provider outside, as far as the panel goes; and the brand of the host on every page before the door.

use axum::body::Body;
use rackwright_catalog::{Fault, FaultCode};
use serde_json::json;

use crate::harness::{Page, Panel, cookie, encode, get, panel, post, token};

const TICKET: &str = "c2VhbGVk";

async fn back(panel: &Panel, query: &str, kept: &str) -> Page {
    let request = get(&format!("/sign-in/return?{query}")).header("cookie", kept.to_owned());
    panel.send(request.body(Body::empty()).expect("a request")).await
}

/// The cookie that the way out left, as the browser sends it.
fn kept(page: &Page) -> String {
    let cookies = page.cookies();
    let cookie =
        cookies.iter().find(|cookie| cookie.starts_with("__Host-rackwright-outside=")).expect("a ticket");
    cookie.split(';').next().expect("a pair").to_owned()
}

#[tokio::test]
async fn the_sign_in_page_offers_the_providers_of_its_address() {
    let panel = panel();
    let page = panel.open_as_nobody("/sign-in?back=/jobs").await;
    page.shows("Sign in with Example Corp").shows("href=\"/sign-in/with/corp?back=%2Fjobs\"");
    assert_eq!(panel.fake.intents("oidc.offered")[0].input, json!({"base": "https://center:8443"}));
    panel.fake.on("oidc.offered", |_| Ok(json!({"items": [], "next": null})));
    let page = panel.open_as_nobody("/sign-in").await;
    assert!(!page.text.contains("/sign-in/with/"), "{}", page.text);
}

#[tokio::test]
async fn the_way_out_and_the_way_back() {
    let panel = panel();
    panel.fake.on("oidc.begin", |_| {
        Ok(json!({"url": "https://login.example.com/authorize?state=s", "ticket": TICKET, "message": "Go."}))
    });
    let out = panel.open_as_nobody("/sign-in/with/corp?back=/jobs").await;
    assert_eq!((out.status, out.header("location")), (303, "https://login.example.com/authorize?state=s"));
    assert_eq!(
        panel.fake.intents("oidc.begin")[0].input,
        json!({"name": "corp", "base": "https://center:8443"})
    );
    let cookies = out.cookies().join("\n");
    for part in ["SameSite=Lax", "Secure", "HttpOnly", "Path=/", "Max-Age=600"] {
        assert!(cookies.contains(part), "{part}: {cookies}");
    }
    let page = back(&panel, "state=s&code=c&iss=https%3A%2F%2Flogin.example.com", &kept(&out)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    // The page leads on by itself, and by a link.
    page.shows("<meta http-equiv=\"refresh\" content=\"0; url=/jobs\">").shows("href=\"/jobs\"");
    let cookies = page.cookies().join("\n");
    assert!(cookies.contains("__Host-rackwright=rws_") && cookies.contains("SameSite=Strict"), "{cookies}");
    assert!(cookies.contains("__Host-rackwright-outside=; "), "the ticket is spent: {cookies}");
    let intents = panel.fake.intents("oidc.finish");
    assert_eq!((&intents[0].input["ticket"], &intents[0].input["state"]), (&json!(TICKET), &json!("s")));
    assert_eq!(intents[0].input["iss"], "https://login.example.com");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let panel = panel();
    let out = panel.open_as_nobody("/sign-in/with/corp?back=https://evil.example/").await;
    let page = back(&panel, "state=s&code=c", &kept(&out)).await;
    page.shows("content=\"0; url=/\"");
    assert!(!page.text.contains("evil.example"), "{}", page.text);
}

#[tokio::test]
async fn what_went_wrong_stands_on_the_sign_in_page() {
    let panel = panel();
    let page = panel.open_as_nobody("/sign-in/return?state=s&code=c").await;
    page.shows("was not begun in this browser").shows("action=\"/sign-in\"");
    assert!(panel.fake.intents("oidc.finish").is_empty(), "there is no ticket to show");
    let out = panel.open_as_nobody("/sign-in/with/corp").await;
    panel.fake.on("oidc.finish", |input| {
        let reason = format!("Example Corp said {}", input["error"].as_str().expect("an error"));
        Err(Fault::new(FaultCode::NotSignedIn, "sign in", reason, "Try again."))
    });
    let page = back(&panel, "state=s&error=access_denied", &kept(&out)).await;
    assert_eq!(page.status, 401);
    page.shows("Example Corp said access_denied").shows("Try again.").shows("Sign in with Example Corp");
    assert!(page.cookies().iter().any(|cookie| cookie.starts_with("__Host-rackwright-outside=; ")));
    assert!(!page.cookies().iter().any(|cookie| cookie.starts_with("__Host-rackwright=")));
    panel.fake.on("oidc.begin", |_| {
        Err(Fault::new(FaultCode::Unavailable, "begin", "Example Corp cannot be reached", "Wait."))
    });
    let page = panel.open_as_nobody("/sign-in/with/corp").await;
    assert_eq!(page.status, 502);
    page.shows("Example Corp cannot be reached").shows("action=\"/sign-in\"");
}

#[tokio::test]
async fn linking_leads_out_by_a_page_or_by_the_script() {
    let panel = panel();
    let form = panel.open("/act/identity/link?name=corp").await;
    form.shows("name=\"base\" value=\"https://center:8443\"");
    let typed = [("name", "corp"), ("base", "https://center:8443"), ("current", "correct horse battery")];
    let page = panel.post("/act/identity/link", &typed).await;
    page.shows("<meta http-equiv=\"refresh\" content=\"0; url=https://login.example.com/authorize");
    assert!(kept(&page).contains("%2Fidentities"), "{}", kept(&page));
    let body = encode(typed.into_iter().chain([("_token", token().as_str())]));
    let request = post("/act/identity/link").header("cookie", cookie()).header("rackwright-form", "true");
    let by_script = panel.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(by_script.status, 204);
    assert!(by_script.header("rackwright-go").starts_with("https://login.example.com/authorize"));
    // Back from there, it is told on the page of links; nobody is signed in anew.
    panel.fake.on("oidc.finish", |_| {
        Ok(json!({"opened": null, "user": "admin", "message": "admin signs in by Example Corp from now on."}))
    });
    let done = back(&panel, "state=s&code=c", &kept(&page)).await;
    done.shows("content=\"0; url=/identities\"");
    let cookies = done.cookies().join("\n");
    assert!(
        cookies.contains("__Host-rackwright-status=") && !cookies.contains("__Host-rackwright=rws"),
        "{cookies}"
    );
    panel.fake.on("oidc.finish", |_| Err(Fault::new(FaultCode::Conflict, "link", "it is taken", "Unlink.")));
    let failed = back(&panel, "state=s&code=c", &kept(&page)).await;
    failed.shows("content=\"0; url=/identities\"").shows("it is taken");
}

#[tokio::test]
async fn every_page_before_the_door_wears_the_brand_of_its_host() {
    let panel = panel();
    panel.fake.on("brand.find", |input| {
        assert_eq!(input["host"], "center");
        Ok(json!({"title": "Acme Hosting", "accent": "#17663a", "logo": "ab12"}))
    });
    panel.fake.on("session.open", |input| {
        if input["code"].is_null() {
            let problem = rackwright_catalog::FieldProblem::new("code", "is missing");
            return Err(Fault::invalid("sign in", vec![problem]));
        }
        Err(Fault {
            code: FaultCode::NotSignedIn,
            ..Fault::invalid("sign in", vec![rackwright_catalog::FieldProblem::new("code", "is wrong")])
        })
    });
    let typed = encode([("user", "robin"), ("password", "correct horse battery")]);
    let step = panel.send(post("/sign-in").body(Body::from(typed)).expect("a request")).await;
    let waiting = step.cookies()[0].split(';').next().expect("a pair").to_owned();
    let code = get("/sign-in/code").header("cookie", waiting.clone()).body(Body::empty()).expect("a request");
    let wrong =
        post("/sign-in/code").header("cookie", waiting).body(Body::from(encode([("code", "000000")])));
    let mut pages = vec![
        panel.send(code).await,
        panel.send(wrong.expect("a request")).await,
        panel.open_as_nobody("/sign-in/return").await,
    ];
    let paths =
        ["/sign-in", "/sign-in/forgot", "/sign-in/reset?key=x", "/docs", "/docs/events", "/docs/no/thing"];
    for path in paths {
        pages.push(panel.open_as_nobody(path).await);
    }
    for page in pages {
        page.shows("<span>Acme Hosting<small>")
            .shows("href=\"/brand.css?accent=17663a\"")
            .shows("src=\"/brand/ab12\"");
        assert!(!page.text.contains("<span>Rackwright"), "{}", page.text);
    }
}
