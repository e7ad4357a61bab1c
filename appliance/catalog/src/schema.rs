//! JSON Schemas of inputs and outputs, and the marks in them that forms, commands and audit rows go by.
//!
//! Marks: `x-secret: true` (never shown, never audited), `x-from: "server.list"` (values are the names that this
//! action lists), `x-multiline: true` (a text area), `x-qr: true` (also drawn, for a telephone to read),
//! `x-confirmed: true` (its last part is what is repeated to confirm),
//! `x-passkey: true` (what a browser fills in from a passkey), `x-here: true` (the address of the panel, which it fills in
//! itself), `x-sentence: true` (a sentence in English, which panels tell in other languages).

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";

/// The schema of a type, with every subschema in place.
#[must_use]
pub fn of<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// `value` with everything that `schema` marks as secret replaced by [`REDACTED`].
#[must_use]
pub fn redact(schema: &Value, value: &Value) -> Value {
    if schema.get("x-secret").and_then(Value::as_bool) == Some(true) && !value.is_null() {
        return Value::String(REDACTED.to_owned());
    }
    match value {
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(key, field)| (key.clone(), redact_field(schema, key, field))).collect(),
        ),
        Value::Array(items) => {
            let item_schema = find(schema, "items").unwrap_or(&Value::Null);
            Value::Array(items.iter().map(|item| redact(item_schema, item)).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Whether `schema` marks the value at `pointer` (RFC 6901), or anything around or below it, as secret. A place that the
/// schema does not know may hold anything.
#[must_use]
pub fn holds_secret(schema: &Value, pointer: &str) -> bool {
    let mut here = schema;
    for part in pointer.split('/').skip(1) {
        if here.get("x-secret").is_some() {
            return true;
        }
        let inner = find(here, "properties").and_then(|all| all.get(part)).or_else(|| find(here, "items"));
        let Some(inner) = inner else { return true };
        here = inner;
    }
    here.to_string().contains("\"x-secret\":true")
}

fn redact_field(schema: &Value, key: &str, field: &Value) -> Value {
    match find(schema, "properties").and_then(|all| all.get(key)) {
        Some(inner) => redact(inner, field),
        // A field that the schema does not know may be a misspelt secret.
        None => Value::String(REDACTED.to_owned()),
    }
}

/// A keyword of a schema, also through the `anyOf` that stands for an optional value.
fn find<'a>(schema: &'a Value, keyword: &str) -> Option<&'a Value> {
    schema
        .get(keyword)
        .or_else(|| schema.get("anyOf")?.as_array()?.iter().find_map(|variant| variant.get(keyword)))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Serialize;
    use serde_json::json;

    #[derive(JsonSchema, Serialize)]
    struct Door {
        name: String,
        #[schemars(extend("x-secret" = true))]
        password: Option<String>,
    }

    #[derive(JsonSchema, Serialize)]
    struct House {
        doors: Vec<Door>,
        front: Option<Door>,
    }

    #[test]
    fn a_place_is_secret_when_a_secret_is_there_or_below() {
        let schema = super::of::<House>();
        let secret = ["", "/doors", "/doors/0", "/doors/3/password", "/front", "/front/password", "/cellar"];
        for (pointer, expected) in
            secret.map(|at| (at, true)).into_iter().chain([("/doors/0/name", false), ("/front/name", false)])
        {
            assert_eq!(super::holds_secret(&schema, pointer), expected, "{pointer}");
        }
    }

    #[test]
    fn secrets_are_replaced_wherever_they_stand() {
        let value = json!({
            "doors": [{"name": "a", "password": "hush"}],
            "front": {"name": "b", "password": "hush"},
        });
        let shown = super::redact(&super::of::<House>(), &value);
        assert!(!shown.to_string().contains("hush"), "{shown}");
        assert!(shown.to_string().contains("\"name\":\"a\""), "{shown}");
    }
}
