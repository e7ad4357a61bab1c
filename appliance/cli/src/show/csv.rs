//! CSV (RFC 4180), with values as they are on the wire: times in milliseconds since 1970, sizes in the unit of the field.

use serde_json::Value;

use super::value::lines;

/// A list as rows under its columns; any other output as one row under the paths of its fields.
#[must_use]
pub fn csv(columns: &[&str], output: &Value) -> String {
    if let Some(items) = output.get("items").and_then(Value::as_array).filter(|_| !columns.is_empty()) {
        return csv_head(columns) + &items.iter().map(|item| csv_row(columns, item)).collect::<String>();
    }
    let mut fields = Vec::new();
    flatten("", output, &mut fields);
    let (names, cells): (Vec<String>, Vec<String>) = fields.into_iter().unzip();
    line(&names) + &line(&cells)
}

/// The names of the columns.
#[must_use]
pub fn csv_head(columns: &[&str]) -> String {
    line(&columns.iter().map(|column| cell(column)).collect::<Vec<_>>())
}

/// One item of a list.
#[must_use]
pub fn csv_row(columns: &[&str], item: &Value) -> String {
    line(&columns.iter().map(|column| value(item.get(column).unwrap_or(&Value::Null))).collect::<Vec<_>>())
}

fn line(cells: &[String]) -> String {
    format!("{}\r\n", cells.join(","))
}

fn flatten(path: &str, output: &Value, fields: &mut Vec<(String, String)>) {
    match output {
        Value::Object(inner) if !inner.is_empty() => {
            for (name, field) in inner {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, field, fields);
            }
        }
        single => fields.push((cell(if path.is_empty() { "value" } else { path }), value(single))),
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => cell(text),
        // Lists of plain values read as words; anything deeper is JSON.
        Value::Array(items) if items.iter().all(Value::is_string) => {
            cell(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
        }
        other => cell(&other.to_string()),
    }
}

/// A cell, quoted where it must be. Line breaks stay; nothing else that could steer a terminal does.
fn cell(text: &str) -> String {
    let text = text.split('\n').flat_map(lines_of).collect::<Vec<_>>().join("\n");
    if text.contains([',', '"', '\n']) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// One line without control characters; an empty one stays.
fn lines_of(line: &str) -> Vec<String> {
    if line.is_empty() { vec![String::new()] } else { lines(line) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_have_columns_and_other_outputs_paths() {
        let list = json!({"items": [{"name": "a,b", "macs": ["x", "y"], "at": 5}, {"name": "say \"hi\""}], "next": null});
        assert_eq!(
            csv(&["name", "macs", "at"], &list),
            "name,macs,at\r\n\"a,b\",x y,5\r\n\"say \"\"hi\"\"\",,\r\n"
        );
        assert_eq!(csv(&[], &json!({"a": {"b": true}, "c": [1]})), "a.b,c\r\ntrue,[1]\r\n");
    }

    const ESCAPE: char = '\u{1b}';

    /// Reads what RFC 4180 allows.
    fn parse(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut field)),
                '\r' if !quoted && chars.peek() == Some(&'\n') => {
                    chars.next();
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
                other => field.push(other),
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn every_text_is_one_cell(one: String, other in "[ ,\"\na\u{1b}]{0,12}") {
            let text = csv(&["a", "b"], &json!({"items": [{"a": one, "b": other}]}));
            let rows = parse(&text);
            prop_assert_eq!(rows.len(), 2);
            prop_assert_eq!(rows[1].len(), 2);
            prop_assert_eq!(&rows[1][1], &other.replace('\u{1b}', "\u{fffd}"));
            prop_assert!(!text.contains(ESCAPE));
        }
    }
}
