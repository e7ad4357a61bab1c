//! The shell of the panel in a real Chromium, around pages that pretend to be busy. The story is
//! `tests/e2e/browser/shell.mjs`.

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

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_is_worked_without_a_mouse_and_shuts_nobody_out() {
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
        .arg(here.join("../../tests/e2e/browser/shell.mjs"))
        .env("STORY", told.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .expect("node starts");
    serving.abort();
    assert!(status.success(), "the story ended with {status}: what it saw stands above");
}
