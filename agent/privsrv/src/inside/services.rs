//! Services of systemd inside, as systemctl(1) tells them in JSON.

use std::collections::BTreeMap;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{
    Answer, Deed, FailureKind, Service, UnitName, Work, WorkFailure,
};
use serde::Deserialize;

use super::script::{self, Heard};

/// Services that are listed.
const MOST: usize = 500;
/// Letters of a text that are told.
const TEXT: usize = 200;

#[derive(Deserialize)]
struct Loaded {
    unit: String,
    #[serde(default)]
    active: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
struct File {
    unit_file: String,
    #[serde(default)]
    state: String,
}

const LIST: &str = "systemctl list-units --type=service --all --no-pager --output=json 2>/dev/null && echo && \
                    systemctl list-unit-files --type=service --no-pager --output=json 2>/dev/null";

/// Services that are loaded, and those that could be.
///
/// # Errors
/// When systemd does not answer.
pub fn list(number: Number) -> Result<Answer, WorkFailure> {
    let Heard { text, .. } = script::run(number, LIST, &[], "", script::limit(&Work::Services))?;
    read(&text)
        .map(Answer::Services)
        .ok_or_else(|| WorkFailure::new(FailureKind::Broken, "systemctl inside answers something else"))
}

fn read(text: &str) -> Option<Vec<Service>> {
    let mut lines = text.lines().filter(|line| line.starts_with('['));
    let loaded: Vec<Loaded> = serde_json::from_str(lines.next()?).ok()?;
    let files: Vec<File> = lines.next().and_then(|line| serde_json::from_str(line).ok())?;
    let mut services = BTreeMap::new();
    for one in loaded.into_iter().take(MOST) {
        let service = Service {
            service: short(&one.unit),
            description: short(&one.description),
            active: short(&one.active),
            sub: short(&one.sub),
            at_start: None,
        };
        services.insert(service.service.clone(), service);
    }
    for file in files.into_iter().take(MOST) {
        let name = short(&file.unit_file);
        // A template is not a service, but what they are made of.
        if name.ends_with("@.service") {
            continue;
        }
        let fresh = || Service {
            service: name.clone(),
            description: String::new(),
            active: String::new(),
            sub: String::new(),
            at_start: None,
        };
        services.entry(name.clone()).or_insert_with(fresh).at_start = Some(short(&file.state));
    }
    Some(
        services
            .into_values()
            .filter(|service| service.service.parse::<UnitName>().is_ok())
            .take(MOST)
            .collect(),
    )
}

fn short(text: &str) -> String {
    text.chars().take(TEXT).collect()
}

/// Starts, stops, restarts a service, or has it started with the private server.
///
/// # Errors
/// When systemd refuses, with what it said.
pub fn act(number: Number, service: &UnitName, deed: Deed) -> Result<Answer, WorkFailure> {
    let limit = script::limit(&Work::Do { service: service.clone(), deed });
    let script = r#"systemctl --no-pager --no-ask-password "$1" -- "$2" 2>&1"#;
    script::run(number, script, &[deed.word(), service.as_str()], "", limit).map(|_| Answer::Done)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn loaded_services_and_files_are_one_list() {
        let text = concat!(
            r#"[{"unit":"cron.service","load":"loaded","active":"active","sub":"running","description":"Cron"}]"#,
            "\n\n",
            r#"[{"unit_file":"cron.service","state":"enabled","preset":"enabled"},{"unit_file":"getty@.service","state":"enabled"},"#,
            r#"{"unit_file":"rsync.service","state":"disabled","preset":null}]"#,
        );
        let services = read(text).expect("are services");
        let seen: Vec<_> =
            services.iter().map(|s| (s.service.as_str(), s.active.as_str(), s.at_start.as_deref())).collect();
        assert_eq!(
            seen,
            [("cron.service", "active", Some("enabled")), ("rsync.service", "", Some("disabled"))]
        );
        assert!(read("System has not been booted with systemd").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read(text in "[\\[\\]{}\":,a-z\n]{0,300}") {
            read(&text);
        }
    }
}
