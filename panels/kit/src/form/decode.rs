//! From typed text to the JSON input of an action.
//!
//! Nothing is judged here: text that is no number stays text, so that the catalogue's check names the field.

use serde_json::{Map, Value};

use super::field::{Field, Kind};
use super::typed::Typed;

/// The input that the typed text stands for. Blank inputs are left out.
#[must_use]
pub fn decode(fields: &[Field], typed: &Typed) -> Value {
    Value::Object(object(fields, "", typed))
}

fn object(fields: &[Field], prefix: &str, typed: &Typed) -> Map<String, Value> {
    let mut out = Map::new();
    for field in fields {
        let name = field.path.rsplit('.').next().unwrap_or(&field.path);
        if let Some(value) = value(field, &format!("{prefix}{}", field.path), prefix, typed) {
            out.insert(name.to_owned(), value);
        }
    }
    out
}

fn value(field: &Field, name: &str, prefix: &str, typed: &Typed) -> Option<Value> {
    match &field.kind {
        Kind::Group(inner) => {
            let inner = object(inner, prefix, typed);
            (field.required || !inner.is_empty()).then_some(Value::Object(inner))
        }
        Kind::Rows { fields, .. } => {
            let rows: Vec<Value> = typed
                .rows(name)
                .into_iter()
                .map(|row| Value::Object(object(fields, &format!("{name}.{row}."), typed)))
                .collect();
            (!rows.is_empty()).then_some(Value::Array(rows))
        }
        Kind::Lines { item, .. } => {
            let lines: Vec<Value> = typed
                .get(name)?
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| plain(item, line))
                .collect();
            (!lines.is_empty()).then_some(Value::Array(lines))
        }
        Kind::Switch => switch(field, typed.get(name)),
        Kind::Json => json(typed.get(name)?),
        // A browser ends lines as HTTP does.
        Kind::Block => {
            let text = typed.get(name)?.replace("\r\n", "\n");
            (!text.trim().is_empty()).then(|| Value::from(text.trim()))
        }
        Kind::Secret { .. } => typed.get(name).filter(|text| !text.is_empty()).map(Value::from),
        Kind::Text { .. }
        | Kind::Here
        | Kind::Whole { .. }
        | Kind::OneOf(_)
        | Kind::From { .. }
        | Kind::Passkey => {
            let text = typed.get(name)?.trim();
            (!text.is_empty()).then(|| plain(&field.kind, text))
        }
    }
}

fn plain(kind: &Kind, text: &str) -> Value {
    match kind {
        Kind::Whole { .. } | Kind::From { whole: true, .. } => text
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.parse::<u64>().map(Value::from))
            .unwrap_or(Value::from(text)),
        _ => Value::from(text),
    }
}

/// An unticked box sends nothing, so its absence is an answer only where the default is not already "no".
fn switch(field: &Field, text: Option<&str>) -> Option<Value> {
    match text {
        Some("" | "false" | "off") => Some(Value::Bool(false)),
        Some(_) => Some(Value::Bool(true)),
        None => (field.required || field.default == Value::Bool(true)).then_some(Value::Bool(false)),
    }
}

fn json(text: &str) -> Option<Value> {
    let text = text.trim();
    (!text.is_empty()).then(|| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
}
