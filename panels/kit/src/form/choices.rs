//! The values that a field may take because another action lists them.

use std::collections::BTreeMap;

use rackwright_client::Client;
use serde_json::{Value, json};

use super::field::{Field, Kind};
use crate::messages::tell;

/// One value to choose.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    pub value: String,
    /// What helps to tell it from the others, such as the state of a server.
    pub note: String,
}

/// What one list action gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    pub choices: Vec<Choice>,
    /// Whether there is more than fitted one page.
    pub more: bool,
}

/// The lists that a form needs, by the name of the action. A list that the caller may not see is missing.
#[derive(Debug, Clone, Default)]
pub struct Choices(BTreeMap<String, Listed>);

impl Choices {
    /// Ask every list action that the fields name. A refusal is no reason not to show the form: the field is typed then.
    pub async fn ask(client: &Client, fields: &[Field]) -> Self {
        let mut names = Vec::new();
        collect(fields, &mut names);
        let mut lists = BTreeMap::new();
        for name in names {
            if let Ok(page) = client.call_named(&name, json!({})).await {
                lists.insert(name.clone(), listed(&name, &page));
            }
        }
        Self(lists)
    }

    #[must_use]
    pub fn of(&self, action: &str) -> Option<&Listed> {
        self.0.get(action)
    }
}

fn collect(fields: &[Field], names: &mut Vec<String>) {
    for field in fields {
        match &field.kind {
            Kind::From { action, .. } if !names.contains(action) => names.push(action.clone()),
            Kind::Group(inner) | Kind::Rows { fields: inner, .. } => collect(inner, names),
            _ => {}
        }
    }
}

/// Fields that help to tell a thing from the others, the first that there is.
const NOTES: [&str; 7] = ["receiver", "event", "title", "state", "os", "role", "reason"];

/// The names in a page of `noun.list`: `name`, else the noun itself, else `id`.
fn listed(action: &str, page: &Value) -> Listed {
    let noun = action.split('.').next().unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let choices = page
        .get("items")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| {
            let value = ["name", noun, "id"].iter().find_map(|key| item.get(*key))?;
            let told = |key: &&str| item.get(*key).filter(|value| !value.is_null());
            let note = match item.get("purpose").and_then(Value::as_str) {
                // Nobody installs it on a server.
                Some(purpose @ "private-server") => tell(&format!("purpose-{purpose}")),
                _ => NOTES.iter().find_map(told).map(text).unwrap_or_default(),
            };
            Some(Choice { value: text(value), note })
        })
        .collect();
    Listed { choices, more: page.get("next").is_some_and(|next| !next.is_null()) }
}
