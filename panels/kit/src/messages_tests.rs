use std::collections::BTreeSet;

use rackwright_catalog::event::OCCURRENCES;
use rackwright_catalog::{ENTRIES, Permission};
use rackwright_model::{BootStage, ServerEvent};
use serde_json::Value;

use super::*;
use crate::words;

/// What moves a server, as its page tells it.
const EVENTS: [ServerEvent; 8] = [
    ServerEvent::Accept,
    ServerEvent::Install,
    ServerEvent::InstallDone,
    ServerEvent::InstallFailed,
    ServerEvent::Silent,
    ServerEvent::Heard,
    ServerEvent::Retire,
    ServerEvent::Return,
];

/// Keys of a source, with the values that each wants filled in.
fn keys(sources: &[&str]) -> BTreeSet<(String, Vec<String>)> {
    let mut found = BTreeSet::new();
    for source in sources {
        for block in source.split("\n").fold(Vec::<String>::new(), |mut blocks, line| {
            match blocks.last_mut() {
                Some(last) if line.starts_with([' ', '}', '*']) || line.is_empty() => {
                    last.push('\n');
                    last.push_str(line);
                }
                _ => blocks.push(line.to_owned()),
            }
            blocks
        }) {
            let Some((key, text)) = block.split_once(" =").filter(|_| !block.starts_with('#')) else {
                continue;
            };
            let values: BTreeSet<String> = text
                .split('$')
                .skip(1)
                .map(|rest| rest.chars().take_while(char::is_ascii_lowercase).collect())
                .collect();
            found.insert((key.to_owned(), values.into_iter().collect()));
        }
    }
    found
}

#[test]
fn every_message_is_well_formed_and_in_every_language() {
    for source in ENGLISH.iter().chain(&GERMAN) {
        let errors = FluentResource::try_new((*source).to_owned()).err().map(|(_, errors)| errors);
        assert_eq!(errors, None);
    }
    let (english, german) = (keys(&ENGLISH), keys(&GERMAN));
    assert!(english.len() > 150, "the files were read: {}", english.len());
    let lacking: Vec<_> = english.symmetric_difference(&german).collect();
    assert!(lacking.is_empty(), "only in one language, or with other values: {lacking:#?}");
    for key in SCRIPT_WORDS {
        assert!(has(key), "{key}");
    }
}

/// Every text of a schema that stands on screen: descriptions of fields and words, and labels of fields.
fn texts_of(schema: &Value, out: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            out.insert(words::english(name));
            out.extend(property.get("description").and_then(Value::as_str).map(str::to_owned));
            texts_of(property, out);
        }
    }
    for list in ["anyOf", "oneOf"] {
        for variant in schema.get(list).and_then(Value::as_array).into_iter().flatten() {
            if schema["oneOf"].is_array() {
                out.extend(variant.get("description").and_then(Value::as_str).map(str::to_owned));
            }
            texts_of(variant, out);
        }
    }
    if let Some(items) = schema.get("items") {
        texts_of(items, out);
    }
}

#[test]
fn every_text_of_the_action_catalogue_is_in_every_language() {
    let mut texts = BTreeSet::new();
    for entry in ENTRIES {
        texts.extend([entry.spec.title, entry.spec.summary, entry.spec.noun()].map(str::to_owned));
        texts.extend(entry.spec.columns.iter().map(|column| words::english(column)));
        texts_of(&(entry.input_schema)(), &mut texts);
        if let Some(properties) = (entry.output_schema)()["properties"].as_object() {
            texts.extend(properties.keys().map(|name| words::english(name)));
        }
    }
    texts.extend(BootStage::ALL.iter().flat_map(|stage| [stage.title(), stage.advice()]).map(str::to_owned));
    texts.extend(Permission::GRANTED.map(|permission| permission.summary().to_owned()));
    texts.extend(OCCURRENCES.iter().map(|occurrence| occurrence.summary.to_owned()));
    texts.extend(EVENTS.map(|event| event.verb().to_owned()));
    let german: HashMap<String, String> =
        toml::from_str(include_str!("../messages/de/catalogue.toml")).expect("catalogue.toml is well formed");
    let lacking: Vec<&String> = texts.iter().filter(|text| !german.contains_key(*text)).collect();
    assert!(lacking.is_empty(), "add to kit/messages/de/catalogue.toml:\n{lacking:#?}");
    let unused: Vec<&String> = german.keys().filter(|text| !texts.contains(*text)).collect();
    assert!(unused.is_empty(), "remove from kit/messages/de/catalogue.toml:\n{unused:#?}");
}

#[tokio::test]
async fn a_message_is_told_in_the_language_of_the_request() {
    assert_eq!(tell_with("tray-running", &[("count", 1.into())]), "1 job is running");
    let german =
        language::within(Language::German, async { tell_with("tray-running", &[("count", 3.into())]) }).await;
    assert_eq!(german, "3 Aufträge laufen");
    assert_eq!(tell("there-is-no-such-key"), "there-is-no-such-key");
}
