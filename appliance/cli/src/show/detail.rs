//! Everything about one thing: keys and values, indented.

use serde_json::{Map, Value};

use super::table::table;
use super::value::{is_plain, lines, title, value};

/// An output as keys and values.
#[must_use]
pub fn detail(output: &Value) -> String {
    let mut text = String::new();
    match output {
        Value::Object(fields) => object(fields, 0, &mut text),
        other => text = format!("{}\n", value("", other)),
    }
    text
}

fn object(fields: &Map<String, Value>, depth: usize, text: &mut String) {
    let width = fields
        .iter()
        .filter(|(_, field)| is_short(field))
        .map(|(name, _)| title(name).len())
        .max()
        .unwrap_or(0);
    let indent = "  ".repeat(depth);
    for (name, field) in fields {
        let key = format!("{}:", title(name));
        match field {
            Value::Object(inner) if !inner.is_empty() => {
                text.push_str(&format!("{indent}{key}\n"));
                object(inner, depth + 1, text);
            }
            Value::Array(items) if !is_short(field) => {
                text.push_str(&format!("{indent}{key}\n"));
                list(items, depth + 1, text);
            }
            Value::String(long) if long.contains('\n') => {
                text.push_str(&format!("{indent}{key}\n"));
                for line in lines(long) {
                    text.push_str(&format!("{indent}  {line}\n"));
                }
            }
            Value::Object(_) => text.push_str(&format!("{indent}{key:<0$} -\n", width + 1)),
            short => text.push_str(&format!("{indent}{key:<0$} {1}\n", width + 1, value(name, short))),
        }
    }
}

/// Whether a field stands on the line of its key.
fn is_short(field: &Value) -> bool {
    match field {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.iter().all(|item| is_plain(item) && !is_multiline(item)),
        single => !is_multiline(single),
    }
}

fn is_multiline(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains('\n'))
}

fn list(items: &[Value], depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    if let Some(columns) = columns(items) {
        for line in table(&columns, items).lines() {
            text.push_str(&format!("{indent}{line}\n"));
        }
        return;
    }
    for item in items {
        match item {
            Value::Object(fields) => {
                text.push_str(&format!("{indent}-\n"));
                object(fields, depth + 1, text);
            }
            Value::String(long) => {
                for (at, line) in lines(long).iter().enumerate() {
                    text.push_str(&format!("{indent}{} {line}\n", if at == 0 { "-" } else { " " }));
                }
            }
            other => text.push_str(&format!("{indent}- {}\n", value("", other))),
        }
    }
}

/// The columns of a list of flat objects.
fn columns(items: &[Value]) -> Option<Vec<&str>> {
    let flat = |item: &Value| item.as_object().is_some_and(|fields| fields.values().all(is_short));
    if !items.iter().all(flat) {
        return None;
    }
    Some(items.first()?.as_object()?.keys().map(String::as_str).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_lists_and_long_texts_have_their_places() {
        let output = json!({
            "name": "a",
            "unpacked_bytes": 2_097_152,
            "disk": {"target": "first"},
            "nics": [{"name": "eth0", "link": true}],
            "post_install": ["one\ntwo", "three"],
            "users": [],
        });
        let text = detail(&output);
        for line in [
            "name:     a",
            "unpacked: 2.0 MiB",
            "disk:",
            "  target: first",
            "nics:",
            "  NAME  LINK",
            "  eth0  yes",
            "post install:",
            "  - one",
            "    two",
            "  - three",
            "users:    -",
        ] {
            assert!(text.lines().any(|found| found == line), "no line {line:?} in\n{text}");
        }
    }
}
