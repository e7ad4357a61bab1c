//! Text from machines and people that would be a script if it were not escaped.

use rackwright_catalog::entry;
use serde_json::Value;

use crate::harness::panel;
use crate::pages::PAGES;

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

/// The places of all texts in a value, and of what is nothing in the sample and may be a text.
fn texts(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::String(_) | Value::Null => out.push(at.to_owned()),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| texts(field, &format!("{at}/{key}"), out))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(key, item)| texts(item, &format!("{at}/{key}"), out))
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

#[track_caller]
fn is_harmless(text: &str, what: &str) {
    for raw in ["<script>alert", "<img src=x", "\"'>"] {
        assert!(!text.contains(raw), "{what}: {raw} is not escaped in\n{text}");
    }
}

const SOURCES: [&str; 21] = [
    "rack.list",
    "server.samples",
    "server.list",
    "server.show",
    "private-server.list",
    "private-server.show",
    "private-server.room",
    "private-server.templates",
    "image.list",
    "image.show",
    "environment.list",
    "profile.list",
    "profile.show",
    "network.list",
    "job.list",
    "job.show",
    "user.list",
    "token.list",
    "audit.list",
    "system.status",
    "search.find",
];

#[tokio::test]
async fn every_text_of_every_output_is_escaped_on_every_page() {
    let mut seen = 0;
    for action in SOURCES {
        let sample = (entry(action).expect("in the catalogue").sample_output)();
        let mut places = Vec::new();
        texts(&sample, "", &mut places);
        for place in places {
            let panel = panel();
            let mut output = sample.clone();
            *output.pointer_mut(&place).expect("just found") = HOSTILE.into();
            panel.fake.on(action, move |_| Ok(output.clone()));
            let noun = action.split('.').next().expect("a noun");
            let near = |path: &&str| path.contains(noun) || (noun == "system" && path.contains("system"));
            for path in PAGES.iter().map(|(path, _)| *path).filter(near) {
                let page = panel.open(path).await;
                is_harmless(&page.text, &format!("{path} with {action}{place}"));
                seen += usize::from(page.text.contains("&lt;script&gt;alert"));
            }
        }
    }
    assert!(seen > 40, "only {seen} of the hostile texts were shown at all");
}

#[tokio::test]
async fn every_text_of_a_fault_is_escaped() {
    let panel = panel();
    let fault = || rackwright_catalog::Fault {
        fields: vec![
            rackwright_catalog::FieldProblem::new(HOSTILE, HOSTILE),
            rackwright_catalog::FieldProblem::new("name", HOSTILE),
        ],
        ..rackwright_catalog::Fault::new(rackwright_catalog::FaultCode::Conflict, HOSTILE, HOSTILE, HOSTILE)
    };
    panel.fake.on("server.add", move |_| Err(fault()));
    panel.fake.on("server.show", move |_| Err(fault()));
    let typed =
        ["name", "macs", "bmc.address", "bmc.user", "bmc.password", "_add"].map(|name| (name, HOSTILE));
    for fields in [&typed[..], &typed[..5]] {
        let page = panel.post("/act/server/add", fields).await;
        is_harmless(&page.text, "a posted form");
        page.shows("&lt;script&gt;");
    }
    is_harmless(&panel.open("/servers/r1-u07").await.text, "a refusal");
}

#[tokio::test]
async fn what_stands_in_an_address_is_escaped() {
    let panel = panel();
    let coded: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    for path in [
        "/servers?search=",
        "/servers?view=",
        "/servers?state=",
        "/servers?group=",
        "/servers?rack=",
        "/servers/r1-u07?range=",
        "/bulk/server/install?server=r1-u07&profile=",
        "/bulk/server/power?server=r1-u07&order=",
        "/bulk/server/retire?server=",
        "/audit?action=",
        "/audit?user=",
        "/jobs?state=",
        "/jobs?server=",
        "/act/server/install?server=",
        "/act/server/retire?server=",
        "/act/profile/create?users.0.name=",
        "/sign-in?back=",
        "/search?q=",
        "/parts/palette?q=",
        "/help?at=",
        "/",
    ] {
        let page = panel.open(&format!("{path}{coded}")).await;
        is_harmless(&page.text, path);
    }
}
