//! Text that would be markup: typed into every text field of every action, and wherever the Control Center takes it, shown
//! on every page.

use rackwright_catalog::{ENTRIES, Effect, Entry, Role};
use rackwright_model::AccountId;
use rackwright_panel_kit::form::{fields, fill};
use rackwright_panel_kit::session::token_of;
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::person::{PersonDraft, person_insert};
use serde_json::{Value, json};

use crate::center::{Center, bearer};
use crate::crawl;
use crate::door::act_path;
use crate::support::START;

/// Ends an attribute of either kind and a tag, and begins one that no page of ours has.
const HOSTILE: &str = "\"'><xss a=b>";

#[track_caller]
fn is_harmless(page: &str, what: &str) {
    for raw in ["<xss", "\"'>"] {
        assert!(!page.contains(raw), "{what}: {raw} is not escaped in\n{page}");
    }
}

/// The places of a value in which a text stands, or could.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::String(_) | Value::Null => out.push(at.to_owned()),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| places(field, &format!("{at}/{key}"), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(key, item)| places(item, &format!("{at}/{key}"), out));
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every sample with the text in one of its places; names of new things are new each time.
fn hostile(entry: &Entry) -> Vec<(String, Value)> {
    let sample = (entry.sample_input)();
    let mut found = Vec::new();
    places(&sample, "", &mut found);
    let cases = found.into_iter().enumerate().map(|(count, place)| {
        let mut input = sample.clone();
        if let (Some(name), Some("create" | "add")) = (input.get_mut("name"), Some(entry.spec.verb())) {
            *name = json!(format!("n{count}"));
        }
        *input.pointer_mut(&place).expect("just found") = json!(HOSTILE);
        (place, input)
    });
    cases.collect()
}

/// Everything that the samples can make without machines.
async fn furnish(center: &Center) {
    for entry in ENTRIES.iter().filter(|entry| entry.spec.effect == Effect::Change) {
        // What needs a machine or an image is refused.
        let _ = center.world.root(entry.spec.name, (entry.sample_input)()).await;
    }
}

/// Texts that come from machines and from work, past every check.
async fn plant(center: &Center) {
    let job = JobDraft {
        kind: JobKind::Install,
        title: HOSTILE.to_owned(),
        input: "{}".to_owned(),
        server: None,
        account: AccountId::PROVIDER,
        started_by: HOSTILE.to_owned(),
    };
    let person = PersonDraft {
        name: HOSTILE.to_owned(),
        role: Role::Engineer.word().to_owned(),
        account: AccountId::PROVIDER,
        email: Some(HOSTILE.to_owned()),
        password_hash: "no password".to_owned(),
    };
    center
        .world
        .write(move |tx| {
            job_insert(tx, &job, START)?;
            person_insert(tx, &person, START)?;
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn no_text_becomes_markup() {
    let center = Center::start();
    furnish(&center).await;
    plant(&center).await;
    let session = bearer(&center.world.session(Role::Owner).await).to_owned();
    let token = token_of(&session);
    let mut taken = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| !entry.spec.name.starts_with("session.")) {
        for (place, input) in hostile(entry) {
            let what = format!("{}{place}", entry.spec.name);
            if entry.spec.effect == Effect::Change
                && center.world.root(entry.spec.name, input.clone()).await.is_ok()
            {
                taken.push(what.clone());
            }
            // What is refused comes back in its form, and what was done is told in a status bar.
            let typed = fill(&fields(&(entry.input_schema)()), &input);
            let pairs = typed.pairs().filter(|(name, _)| *name != "wait_s");
            let reply = if entry.spec.only_looks() {
                let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                center.front.open(&session, &format!("{}?{query}", act_path(entry)), false).await
            } else {
                let pairs = pairs.chain([("_token", token.as_str())]);
                center.front.post(&session, &act_path(entry), pairs, false).await
            };
            is_harmless(&reply.text, &what);
        }
    }
    assert!(
        taken.iter().filter(|what| what.ends_with("/title")).count() >= 3,
        "only these were taken: {taken:?}"
    );

    let asked: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    let mut shown = 0;
    let from = [
        "/servers".to_owned(),
        format!("/search?q={asked}"),
        format!("/parts/palette?q={asked}"),
        format!("/audit?user={asked}"),
        format!("/help?at={asked}"),
        format!("/servers?search={asked}"),
        "/act/account/list".to_owned(),
        "/act/rack/list".to_owned(),
        "/act/audit/list".to_owned(),
    ];
    let from: Vec<&str> = from.iter().map(String::as_str).collect();
    for (path, page) in crawl::pages(&center.front, &session, &from, |_| true).await {
        is_harmless(&page, &path);
        shown += usize::from(page.contains("&lt;xss"));
    }
    assert!(shown >= 12, "only {shown} pages show any of {taken:?}");
}

/// A colour is a colour, a logo is a picture, whoever asks for them.
#[tokio::test]
async fn a_brand_brings_no_code() {
    let center = Center::start();
    let session = bearer(&center.world.session_in("acme", "acme-kim", Role::Reseller).await).to_owned();
    for accent in [
        "red;}body{display:none",
        "#fff",
        "expression(1)",
        "0a57c2}*{x:y",
        "url(//evil.example)",
        "\"'><xss a=b>",
    ] {
        let refused = center.front.call(&session, "brand.set", &json!({"accent": accent})).await;
        assert_eq!(refused.status, 400, "{accent}: {}", refused.text);
        let coded: String = form_urlencoded::byte_serialize(accent.as_bytes()).collect();
        let sheet = center.front.open("", &format!("/brand.css?accent={coded}"), false).await;
        assert_eq!(sheet.status, 404, "{accent}: {}", sheet.text);
    }
    // SVG and HTML, in base64.
    for logo in ["PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+", "PHhzcyBhPWI+", "x"] {
        let refused = center.front.call(&session, "brand.set", &json!({"logo": logo})).await;
        assert_eq!(refused.status, 400, "{logo}: {}", refused.text);
    }
    let set = center.front.call(&session, "brand.set", &json!({"title": HOSTILE, "accent": "#0a57c2"})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    for path in ["/servers", "/accounts/acme", "/act/brand/show"] {
        let page = center.front.open(&session, path, false).await;
        is_harmless(&page.text, path);
        assert!(page.text.contains("&lt;xss"), "{path} shows the brand");
    }
}
