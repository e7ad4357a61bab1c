//! From a JSON input to the text that stands in its form.

use serde_json::Value;

use super::field::{Field, Kind};
use super::typed::Typed;

/// The text of each input for `value`; what it lacks is taken from the defaults of the schema.
#[must_use]
pub fn fill(fields: &[Field], value: &Value) -> Typed {
    let mut typed = Typed::default();
    object(fields, "", value, &mut typed);
    typed
}

fn object(fields: &[Field], prefix: &str, value: &Value, typed: &mut Typed) {
    for field in fields {
        let key = field.path.rsplit('.').next().unwrap_or(&field.path);
        let given = value.get(key).unwrap_or(&field.default);
        one(field, &format!("{prefix}{}", field.path), prefix, given, typed);
    }
}

fn one(field: &Field, name: &str, prefix: &str, value: &Value, typed: &mut Typed) {
    match &field.kind {
        Kind::Group(inner) => object(inner, prefix, value, typed),
        Kind::Rows { fields, .. } => {
            for (at, row) in value.as_array().into_iter().flatten().enumerate() {
                object(fields, &format!("{name}.{at}."), row, typed);
            }
        }
        Kind::Lines { .. } => {
            let lines: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
            typed.push(name, lines.join("\n"));
        }
        Kind::Switch => {
            if value.as_bool() == Some(true) {
                typed.push(name, "true");
            }
        }
        Kind::Json => {
            if !value.is_null() {
                typed.push(name, value.to_string());
            }
        }
        Kind::Text { .. }
        | Kind::Here
        | Kind::Block
        | Kind::Secret { .. }
        | Kind::Passkey
        | Kind::Whole { .. }
        | Kind::OneOf(_)
        | Kind::From { .. } => {
            typed.push(name, text(value));
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
