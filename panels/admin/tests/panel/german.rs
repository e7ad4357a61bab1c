//! What the Control Center says, in German.

use axum::body::Body;
use rackwright_catalog::{Fault, FaultCode, FieldProblem, entry};

use crate::harness::{Page, Panel, cookie, encode, get, panel, post, token};

async fn open(panel: &Panel, path: &str) -> Page {
    let request = get(path).header("cookie", cookie()).header("accept-language", "de");
    panel.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn why_it_failed_and_what_to_do_is_told_in_german() {
    let panel = panel();
    panel.fake.on("server.show", |_| {
        let advice = "List them with: rackwright server list";
        Err(Fault::new(FaultCode::NotFound, "show server r9", "there is no server r9", advice))
    });
    let page = open(&panel, "/servers/r9").await;
    page.shows("Server r9 gibt es nicht").shows("Zeigen Sie, was es gibt, mit: rackwright server list");
    assert_eq!(page.status, 404);
    panel.fake.on("rack.create", |_| {
        Err(Fault::invalid("create rack r1", vec![FieldProblem::new("name", "must begin with acme-")]))
    });
    let typed = encode([("name", "r1"), ("height", "42"), ("_token", token().as_str())]);
    let request = post("/act/rack/create").header("cookie", cookie()).header("accept-language", "de");
    let page = panel.send(request.body(Body::from(typed)).expect("a request")).await;
    page.shows("muss mit acme- beginnen");
    assert!(!page.text.contains("must begin with"), "{}", page.text);
}

#[tokio::test]
async fn jobs_and_outcomes_are_told_in_german() {
    let panel = panel();
    panel.fake.on("job.show", |_| {
        let mut job = (entry("job.show").expect("in the catalogue").sample_output)();
        job["job"]["title"] = "install r1-u07 with debian-12".into();
        job["job"]["state"] = "failed".into();
        job["job"]["reason"] = "it was cancelled. The disk was not touched.".into();
        Ok(job)
    });
    let page = open(&panel, "/jobs/7").await;
    page.shows("r1-u07 mit debian-12 installieren")
        .shows("sie wurde abgebrochen. Die Platte wurde nicht angetastet.");
    // Another reads English at the same time.
    panel.open("/jobs/7").await.shows("install r1-u07 with debian-12").shows("The disk was not touched.");
}
