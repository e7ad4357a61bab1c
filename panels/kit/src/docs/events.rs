//! `GET /docs/events`: what webhooks are told, how to check that it is genuine, and all events there are.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::event::OCCURRENCES;
use rackwright_catalog::{ENTRIES, Effect, entry};
use serde::Serialize;

use super::{address, page, pretty};
use crate::brand;
use crate::messages::{of_catalogue, tell};
use crate::panel::Panel;

/// Checks a signature in a POSIX shell, with openssl.
pub const SHELL: &str = include_str!("check-signature.sh");
/// Checks a signature in Python.
pub const PYTHON: &str = include_str!("check_signature.py");

/// The fields of what a receiver is told, each with the message that explains it.
const FIELDS: [&str; 12] =
    ["id", "event", "at", "account", "actor", "behind", "by", "object", "input", "result", "reason", "audit"];

#[derive(Serialize)]
struct Events {
    fields: Vec<Field>,
    body: String,
    shell: &'static str,
    python: &'static str,
    /// What happens by itself.
    occurrences: Vec<Event>,
    actions: Vec<Event>,
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
    meaning: String,
}

#[derive(Serialize)]
struct Event {
    name: &'static str,
    summary: String,
    /// The page of the action; none for what happens by itself.
    href: String,
}

pub async fn events(State(panel): State<Arc<Panel>>, headers: HeaderMap) -> Response {
    let field = |name| Field { name, meaning: tell(&format!("docs-told-{name}")) };
    let occurrences = OCCURRENCES.iter().map(|occurrence| Event {
        name: occurrence.name,
        summary: of_catalogue(occurrence.summary).into_owned(),
        href: String::new(),
    });
    let actions = ENTRIES.iter().filter(|entry| entry.spec.effect != Effect::Read).map(|entry| Event {
        name: entry.spec.name,
        summary: of_catalogue(entry.spec.summary).into_owned(),
        href: address(entry.spec.name),
    });
    let sample = entry("delivery.show").map(|entry| (entry.sample_output)()["body"].clone());
    let view = Events {
        fields: FIELDS.map(field).into_iter().collect(),
        body: pretty(&sample.unwrap_or_default()),
        shell: SHELL,
        python: PYTHON,
        occurrences: occurrences.collect(),
        actions: actions.collect(),
    };
    let brand = brand::of_host(&panel, &headers).await;
    page(&panel, brand, (StatusCode::OK, "kit/docs-events.html"), tell("docs-events"), view)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::{SystemTime, UNIX_EPOCH};

    use ring::hmac;

    const SECRET: &str = "0123456789abcdef";
    const BODY: &str = "{\"id\":58,\"title\":\"Zürich 'a' $HOME\"}\n";

    /// What the Control Center would send, so many seconds ago.
    fn signature(age: u64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let time = now - age;
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let mac = hmac::sign(&key, format!("{time}.{BODY}").as_bytes());
        format!("t={time},v1={}", hex::encode(mac))
    }

    fn takes(program: &str, script: &str, signature: &str, body: &str) -> bool {
        let mut child = Command::new(program)
            .args(["-c", script])
            .env("SIGNATURE", signature)
            .env("SECRET", SECRET)
            .stdin(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program is there");
        child.stdin.take().expect("piped").write_all(body.as_bytes()).expect("written");
        child.wait().expect("ended").success()
    }

    #[test]
    fn the_examples_tell_genuine_from_forged_and_stale() {
        let python = format!(
            "{}\nimport os, sys\nbody = sys.stdin.buffer.read()\n\
             sys.exit(0 if is_genuine(os.environ['SECRET'], os.environ['SIGNATURE'], body) else 1)\n",
            super::PYTHON
        );
        for (program, script) in [("sh", super::SHELL), ("python3", python.as_str())] {
            assert!(takes(program, script, &signature(1), BODY), "{program}: genuine");
            assert!(
                !takes(program, script, &signature(1), &BODY.replace("58", "59")),
                "{program}: another body"
            );
            assert!(!takes(program, script, &signature(600), BODY), "{program}: too old");
            let forged = signature(1).replace(",v1=", ",v1=0");
            assert!(!takes(program, script, &forged, BODY), "{program}: another signature");
        }
    }
}
