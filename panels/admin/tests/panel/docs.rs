//! The reference of all actions.

use axum::body::Body;
use rackwright_catalog::{ENTRIES, Effect, FaultCode, Permission};
use rackwright_panel_kit::headers::POLICY;
use serde_json::json;

use crate::harness::{get, panel};

fn address(name: &str) -> String {
    format!("/docs/{}", name.replace('.', "/"))
}

#[tokio::test]
async fn the_index_leads_to_every_action_without_signing_in() {
    let page = panel().open_as_nobody("/docs").await;
    assert_eq!((page.status, page.header("content-security-policy")), (200, POLICY));
    for entry in ENTRIES {
        page.shows(&format!("href=\"{}\"", address(entry.spec.name)));
    }
    assert!(!page.text.contains("style=\"") && !page.text.contains("<script>"), "{}", page.text);
}

#[tokio::test]
async fn every_action_has_a_page_in_every_language() {
    let panel = panel();
    for entry in ENTRIES {
        for language in ["en", "de"] {
            let request = get(&address(entry.spec.name)).header("accept-language", language);
            let page = panel.send(request.body(Body::empty()).expect("a request")).await;
            assert_eq!(page.status, 200, "{}", entry.spec.name);
            page.shows(&format!("<html lang=\"{language}\">"))
                .shows(&format!("<code>{}</code>", entry.spec.name));
            page.shows(&format!("/api/v1/{}", entry.spec.name.replace('.', "/")));
            page.shows(&format!("rackwright {} {}", entry.spec.noun(), entry.spec.verb()));
            for code in entry.fault_codes() {
                let word = json!(code).as_str().expect("a word").to_owned();
                page.shows(&format!("<code>{word}</code>"));
            }
            for untold in ["docs-", "style=\"", "<script>"] {
                let main = page.text.split("<main").nth(1).expect("a main part");
                let found = main.replace("class=\"docs-", "");
                assert!(!found.contains(untold), "{}: {untold}\n{found}", entry.spec.name);
            }
            let keyed = entry.spec.effect != Effect::Read && entry.spec.permission != Permission::Public;
            assert_eq!(page.text.contains("Idempotency-Key"), keyed, "{}", entry.spec.name);
        }
    }
}

#[tokio::test]
async fn inputs_are_told_with_their_limits_and_where_values_come_from() {
    let panel = panel();
    let page = panel.open_as_nobody("/docs/token/create").await;
    page.shows("1 to 3650").shows("--days");
    let page = panel.open_as_nobody("/docs/server/install").await;
    page.shows("href=\"/docs/profile/list\"").shows("--confirm-wipe").shows("confirmation_needed");
    let page = panel.open_as_nobody("/docs/server/list").await;
    page.shows("items[].name");
    assert!(!page.text.contains("confirmation_needed"));
    for code in FaultCode::ALL {
        let key = format!("docs-code-{}", json!(code).as_str().expect("a word"));
        assert!(rackwright_panel_kit::messages::has(&key), "{key}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nothing_of_it_comes_back() {
    for path in ["/docs/server/explode", "/docs/%3Cscript%3E/list"] {
        let page = panel().open_as_nobody(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.text.contains("explode") && !page.text.contains("<script>"), "{}", page.text);
    }
}

#[tokio::test]
async fn the_help_leads_to_the_reference() {
    let panel = panel();
    panel.open("/parts/help?at=/servers").await.shows("href=\"/docs\"");
    panel.open("/parts/help?at=/act/server/install").await.shows("href=\"/docs/server/install\"");
}

#[tokio::test]
async fn every_action_that_changes_something_names_its_event() {
    let panel = panel();
    let events = panel.open_as_nobody("/docs/events").await;
    events.shows("openssl dgst -sha256 -hmac").shows("compare_digest").shows("server.unreachable");
    for entry in ENTRIES {
        let changes = entry.spec.effect != Effect::Read;
        let page = panel.open_as_nobody(&address(entry.spec.name)).await;
        let named = format!("href=\"/docs/events\"><code>{}</code>", entry.spec.name);
        assert_eq!(page.text.contains(&named), changes, "{}", entry.spec.name);
        assert_eq!(
            events.text.contains(&format!("<code>{}</code>", entry.spec.name)),
            changes,
            "{}",
            entry.spec.name
        );
        assert_eq!(page.text.contains("It can be undone for a day"), entry.spec.undo, "{}", entry.spec.name);
    }
    let request = get("/docs/events").header("accept-language", "de");
    panel.send(request.body(Body::empty()).expect("a request")).await.shows("Was von selbst geschieht");
}
