//! YAML 1.2: blocks for objects and lists; texts that could be taken for something else are quoted as in JSON, which
//! YAML reads as the same text.

use serde_json::Value;

/// A value as a YAML document.
#[must_use]
pub fn yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(_) | Value::Array(_) if !is_empty(value) => block(value, 0, &mut text),
        single => text = format!("{}\n", scalar(single)),
    }
    text
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

fn block(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                text.push_str(&format!("{indent}{}:", plain(name)));
                below(field, depth, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                text.push_str(&format!("{indent}-"));
                below(item, depth, text);
            }
        }
        single => text.push_str(&format!("{indent}{}\n", scalar(single))),
    }
}

/// What stands behind a key or a dash.
fn below(value: &Value, depth: usize, text: &mut String) {
    if matches!(value, Value::Object(_) | Value::Array(_)) && !is_empty(value) {
        text.push('\n');
        block(value, depth + 1, text);
    } else {
        text.push_str(&format!(" {}\n", scalar(value)));
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(word) => plain(word),
        other => other.to_string(),
    }
}

/// A text as it is when it can be nothing but that text, else in quotes.
fn plain(text: &str) -> String {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let holds = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    let lower = text.to_ascii_lowercase();
    // Words of YAML 1.1 and 1.2 that stand for a truth value, nothing, or a number.
    let taken = matches!(
        lower.as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n" | "nan" | "inf"
    );
    if starts && holds && !taken {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            ' '..='~' => quoted.push(c),
            // Everything that is not printable, and what could reorder a line, by its number.
            c if c.is_control() || ('\u{2000}'..='\u{206f}').contains(&c) || c == '\u{feff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            '\u{fffe}' | '\u{ffff}' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_and_lists_are_blocks() {
        let value = json!({"name": "r1", "nics": [{"mac": "52:54", "up": true}], "none": [], "no": null, "say": "a: b\n"});
        assert_eq!(
            yaml(&value),
            "name: r1\nnics:\n  -\n    mac: \"52:54\"\n    up: true\nnone: []\n\"no\": null\nsay: \"a: b\\n\"\n"
        );
        assert_eq!((yaml(&json!([])), yaml(&json!("x"))), ("[]\n".to_owned(), "x\n".to_owned()));
    }
}
