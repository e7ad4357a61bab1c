//! The shell around every page: search, help, languages, the job tray, dialogs.

use axum::body::Body;
use serde_json::json;

use crate::fake::CREDENTIAL;
use crate::harness::{Page, Panel, cookie, encode, get, panel, post};
use crate::pages::PAGES;
use crate::scene;

/// The panel on a busy day.
fn busy() -> Panel {
    let panel = panel();
    scene::set(&panel.fake);
    panel
}

async fn as_support(panel: &Panel, path: &str) -> Page {
    panel.fake.on("session.show", |_| Ok(crate::harness::support()));
    panel.open(path).await
}

async fn open_in(panel: &Panel, language: &str, path: &str) -> Page {
    let request = get(path).header("cookie", cookie()).header("accept-language", language);
    panel.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn search_finds_things_pages_and_actions() {
    let panel = busy();
    let found = panel.open("/parts/palette?q=r1-u05").await;
    found.shows("href=\"/servers/r1-u05\"").shows("role=\"option\"").shows("unreachable");
    panel.open("/parts/palette?q=netw").await.shows("href=\"/networks\"").shows("href=\"/act/network/set\"");
    panel.open("/search?q=r1-u05").await.shows("href=\"/servers/r1-u05\"").shows("value=\"r1-u05\"");
    panel.open("/search?q=zzz").await.shows("Nothing is called like that");
    assert!(panel.fake.intents("search.find").iter().any(|intent| intent.input["query"] == "r1-u05"));
}

#[tokio::test]
async fn an_action_and_a_thing_lead_to_the_form_with_the_thing_filled_in() {
    let panel = busy();
    let found = panel.open("/parts/palette?q=install+r1-u05").await;
    found.shows("href=\"/act/server/install?server=r1-u05\"").shows("Install server r1-u05");
    assert!(!found.text.contains("/act/server/accept?server=r1-u05"), "another action: {}", found.text);
}

#[tokio::test]
async fn nobody_is_offered_what_the_role_does_not_grant() {
    let panel = busy();
    for query in ["", "retire", "retire+r1-u05", "users", "create+user"] {
        let found = as_support(&panel, &format!("/parts/palette?q={query}")).await;
        assert_eq!(found.status, 200);
        for hidden in ["/act/server/retire", "/act/user/create", "href=\"/users\"", "href=\"/audit\""] {
            assert!(!found.text.contains(hidden), "{query}: {hidden}");
        }
    }
    let help = as_support(&panel, "/parts/help?at=/servers").await;
    assert!(help.text.contains("server list") && !help.text.contains("server retire"), "{}", help.text);
}

#[tokio::test]
async fn a_search_that_fails_leaves_pages_and_actions() {
    let panel = panel();
    panel.fake.on("search.find", |_| {
        Err(rackwright_catalog::Fault::new(
            rackwright_catalog::FaultCode::Unavailable,
            "search",
            "no",
            "wait",
        ))
    });
    panel.open("/parts/palette?q=jobs").await.shows("href=\"/jobs\"");
}

#[tokio::test]
async fn every_page_has_help_a_breadcrumb_the_search_and_the_tray() {
    let panel = busy();
    for (path, ..) in PAGES {
        let page = panel.open(path).await;
        for part in [
            "data-help-open",
            "class=\"crumb-home\"",
            "data-palette-open",
            "id=\"job-tray\"",
            "id=\"shortcuts\"",
        ] {
            assert!(page.text.contains(part), "{path}: {part}");
        }
        let crumbs = page.text.split_once("class=\"crumbs\"").and_then(|(_, rest)| rest.split_once("</nav>"));
        assert!(crumbs.is_some_and(|(crumbs, _)| crumbs.contains("aria-current=\"page\"")), "{path}");
        let help =
            panel.open(&format!("/parts/help?at={}", path.split('?').next().unwrap_or_default())).await;
        assert!(help.status == 200 && help.text.contains("class=\"help-text\""), "{path}: {}", help.text);
    }
    panel.open("/help?at=/act/server/add").await.shows("At most 20 characters").shows("Help: Add server");
}

#[tokio::test]
async fn the_tray_shows_what_runs_with_its_progress() {
    let panel = busy();
    let tray = panel.open("/parts/job-tray").await;
    tray.shows("2 jobs are running")
        .shows("href=\"/jobs/9\"")
        .shows("data-state=\"running\"")
        .shows("writing the image");
    panel.fake.on("job.list", |_| Ok(json!({"items": [], "next": null})));
    panel.open("/parts/job-tray").await.shows("tray-empty");
}

#[tokio::test]
async fn an_empty_list_offers_the_next_step_to_whoever_may_take_it() {
    let panel = panel();
    panel.fake.on("image.list", |_| Ok(json!({"items": [], "next": null})));
    let page = panel.open("/images").await;
    let (_, list) = page.text.split_once("id=\"list\"").expect("a list");
    assert!(
        list.split("</section>").next().is_some_and(|list| list.contains("action=\"/act/image/build\"")),
        "{list}"
    );
    assert!(!as_support(&panel, "/images").await.text.contains("/act/image/build"));
}

#[tokio::test]
async fn a_form_in_place_comes_alone_and_says_where_to_go() {
    let panel = panel();
    let form =
        get("/act/server/retire?server=r1-u07").header("cookie", cookie()).header("rackwright-form", "true");
    let form = panel.send(form.body(Body::empty()).expect("a request")).await;
    form.shows("data-title=\"Retire server r1-u07\"").shows("data-repeat=\"r1-u07\"");
    assert!(!form.text.contains("<html"), "{}", form.text);
    let token = crate::harness::token();
    let body = encode([("server", "r1-u07"), ("confirm", "r1-u07"), ("_token", token.as_str())]);
    let sent = post("/act/server/retire").header("cookie", cookie()).header("rackwright-form", "true");
    let sent = panel.send(sent.body(Body::from(body)).expect("a request")).await;
    assert_eq!((sent.status, sent.header("rackwright-go")), (204, "/servers/r1-u07"));
    assert!(sent.cookies()[0].starts_with("__Host-rackwright-status="), "{:?}", sent.cookies());
}

#[tokio::test]
async fn pages_speak_the_language_of_the_browser_unless_one_was_chosen() {
    let panel = busy();
    let german = open_in(&panel, "de-DE,de;q=0.9,en;q=0.5", "/jobs").await;
    assert_eq!(german.header("content-language"), "de");
    german.shows("<html lang=\"de\">").shows("Aufträge").shows("läuft");
    open_in(&panel, "fr", "/jobs").await.shows("<html lang=\"en\">");
    let chosen = post("/language")
        .header("cookie", cookie())
        .header("referer", "https://center:8443/jobs?state=failed");
    let chosen = panel.send(chosen.body(Body::from("language=de")).expect("a request")).await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/jobs?state=failed"));
    let kept = chosen.cookies()[0].split(';').next().expect("a cookie").to_owned();
    let request =
        get("/jobs").header("cookie", format!("{}; {kept}", cookie())).header("accept-language", "en");
    panel.send(request.body(Body::empty()).expect("a request")).await.shows("<html lang=\"de\">");
    let foreign = axum::http::Request::post("/language")
        .header("host", "center:8443")
        .header("origin", "https://evil.example");
    assert_eq!(panel.send(foreign.body(Body::from("language=de")).expect("a request")).await.status, 403);
    assert!(!kept.contains(CREDENTIAL));
}

#[tokio::test]
async fn pages_are_compressed_for_whoever_takes_it() {
    let panel = busy();
    let request = get("/servers").header("cookie", cookie()).header("accept-encoding", "gzip");
    let page = panel.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(page.header("content-encoding"), "gzip");
    assert_eq!(panel.open("/servers").await.header("content-encoding"), "");
}
