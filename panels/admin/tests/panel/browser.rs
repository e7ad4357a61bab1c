//! The panel in a real Chromium, with pages that pretend to be busy. The stories are `tests/e2e/browser/shell.mjs` and
//! `private.mjs`.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use rackwright_catalog::ENTRIES;
use rackwright_panel_kit::act::has_form;
use serde_json::json;

use crate::fake::Fake;
use crate::pages::PAGES;
use crate::scene;

/// Every page.
fn pages() -> Vec<String> {
    let more = ["/nowhere", "/act/server/retire?server=r1-u01", "/act/profile/create"];
    // The scene has other racks than the samples.
    let known = |path: &str| path.replace("/racks/r1", "/racks/a1");
    PAGES.iter().map(|(path, _)| *path).chain(more).map(known).collect()
}

/// The form of every action.
fn forms() -> Vec<String> {
    ENTRIES
        .iter()
        .filter(|entry| has_form(entry))
        .map(|entry| format!("/act/{}/{}", entry.spec.noun(), entry.spec.verb()))
        .collect()
}

/// Has Chromium live through a story before a panel that pretends to be busy.
async fn story(file: &str) -> Arc<Fake> {
    let fake = Fake::new();
    scene::set(&fake);
    let router = rackwright_panel_admin::router(Arc::clone(&fake) as _);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = json!({
        // Browsers keep secure cookies for this name without TLS.
        "url": format!("http://localhost:{port}"),
        "screenshots": Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots"),
        "panels": here.join("../package.json"),
        "pages": pages(),
        "forms": forms(),
    });
    let status = tokio::process::Command::new("node")
        .arg(here.join("../../tests/e2e/browser").join(file))
        .env("STORY", told.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .expect("node starts");
    serving.abort();
    assert!(status.success(), "the story ended with {status}: what it saw stands above");
    fake
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_is_worked_without_a_mouse_and_shuts_nobody_out() {
    story("shell.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_servers_are_made_watched_and_entered() {
    let fake = story("private.mjs").await;
    let times = |action: &str| fake.intents(action).len();
    assert_eq!(times("private-server.console"), 3, "consoles that were opened");
    assert_eq!(times("private-server.console-close"), 1, "the one that had not ended when its page was left");
    let typed: Vec<_> = fake
        .intents("private-server.console-type")
        .into_iter()
        .map(|intent| intent.input["text"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(typed.iter().any(|text| text.chars().count() > 1), "keys go together: {typed:?}");
}
