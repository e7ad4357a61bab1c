//! What the reference says of inputs and outputs: a row for every field.

use rackwright_catalog::Entry;
use rackwright_client::command::{Flag, Kind, Secrecy, flags};
use serde::Serialize;
use serde_json::Value;

use crate::messages::{FluentValue, of_catalogue, tell, tell_with};

/// One field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FieldRow {
    /// Where it stands, such as `bmc.address` or `items[].name`.
    pub name: String,
    /// What it holds and within which limits.
    pub kind: String,
    pub required: bool,
    /// What it is when left out; empty when nothing is said.
    pub default: String,
    pub help: String,
    /// How it is given on the command line.
    pub flag: String,
    /// The page of the action that lists possible values; empty when there is none.
    pub from: String,
    /// The words that it may be, with what each means.
    pub words: Vec<(String, String)>,
}

/// The input of an action.
pub fn of_input(entry: &Entry) -> Vec<FieldRow> {
    flags(entry).iter().map(|flag| input_row(entry, flag)).collect()
}

fn input_row(entry: &Entry, flag: &Flag) -> FieldRow {
    let default = match &flag.default {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let long = match flag.secrecy {
        _ if flag.is_main(entry) => flag.long.to_uppercase().replace('-', "_"),
        Secrecy::Secret => format!("--{}", flag.file_long()),
        Secrecy::Open | Secrecy::Partly => format!("--{}", flag.long),
    };
    let words = match &flag.kind {
        Kind::Choice(choices) => choices
            .iter()
            .map(|choice| {
                let help = choice.help.as_deref().map(of_catalogue).unwrap_or_default();
                (choice.word.clone(), help.into_owned())
            })
            .collect(),
        Kind::Text | Kind::Integer { .. } | Kind::Number | Kind::Boolean | Kind::Json => Vec::new(),
    };
    FieldRow {
        name: flag.field(),
        kind: kind(&flag.schema),
        required: flag.required,
        default,
        help: flag.help.as_deref().map(of_catalogue).unwrap_or_default().into_owned(),
        flag: long,
        from: flag.from.as_deref().map(super::address).unwrap_or_default(),
        words,
    }
}

/// The output of an action.
pub fn of_output(entry: &Entry) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    walk(&(entry.output_schema)(), "", &mut rows);
    rows
}

fn walk(schema: &Value, path: &str, rows: &mut Vec<FieldRow>) {
    let present = present(schema);
    for (name, field) in present.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let name = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = self::present(field);
        let text = |schema: &Value| schema.get("description").and_then(Value::as_str).map(str::to_owned);
        let help = text(field).or_else(|| text(value)).unwrap_or_default();
        rows.push(FieldRow {
            name: name.clone(),
            kind: kind(field),
            help: of_catalogue(&help).into_owned(),
            ..FieldRow::default()
        });
        walk(value, &name, rows);
        if let Some(items) = value.get("items") {
            walk(items, &format!("{name}[]"), rows);
        }
    }
}

/// The schema without the choice of being null.
fn present(schema: &Value) -> &Value {
    let variants = schema.get("anyOf").and_then(Value::as_array);
    let some = |variants: &'_ Vec<Value>| variants.iter().position(|variant| variant["type"] != "null");
    variants.and_then(|variants| variants.get(some(variants)?)).unwrap_or(schema)
}

/// What a value is, and its limits, in words.
fn kind(schema: &Value) -> String {
    let schema = present(schema);
    let said = |key: &str, values: &[(&str, FluentValue<'_>)]| tell_with(&format!("docs-type-{key}"), values);
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
    let is = |name: &str| match &schema["type"] {
        Value::String(only) => only == name,
        Value::Array(all) => all.iter().any(|one| one == name),
        _ => false,
    };
    let mut parts = Vec::new();
    let name = if is("array") {
        let items = schema.get("items").map(kind).unwrap_or_default();
        return [
            said("list", &[("items", items.into())]),
            limits(number("minItems"), number("maxItems"), "count"),
        ]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    } else if schema.get("enum").is_some() || schema.get("oneOf").is_some() || schema.get("const").is_some() {
        "word"
    } else if is("integer") {
        parts.push(limits(number("minimum"), number("maximum"), "value"));
        "whole"
    } else if is("number") {
        "number"
    } else if is("boolean") {
        "truth"
    } else if is("string") {
        parts.push(limits(number("minLength"), number("maxLength"), "length"));
        parts.extend(schema.get("pattern").and_then(Value::as_str).map(|pattern| pattern.to_owned()));
        "text"
    } else if is("object") {
        "object"
    } else {
        "any"
    };
    parts.insert(0, tell(&format!("docs-type-{name}")));
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

/// Bounds in words; nothing when there are none.
fn limits(least: Option<i64>, most: Option<i64>, what: &str) -> String {
    // Numbers of a schema are written as they are, without separators.
    let text = |number: i64| FluentValue::from(number.to_string());
    let key = |kind: &str| format!("docs-limit-{what}-{kind}");
    match (least.filter(|least| what == "value" || *least > 0), most) {
        (None, None) => String::new(),
        (Some(least), None) => tell_with(&key("least"), &[("least", text(least))]),
        (None, Some(most)) => tell_with(&key("most"), &[("most", text(most))]),
        (Some(least), Some(most)) => tell_with(&key("both"), &[("least", text(least)), ("most", text(most))]),
    }
}
