//! The fields of an input schema.

use serde_json::Value;

use crate::messages::{of_catalogue, tell, tell_with};
use crate::words;

/// One input of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Path in the input, such as `disk.root_mib`. Below [`Kind::Rows`] it is relative to the row.
    pub path: String,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    /// The schema's default, JSON null when it has none.
    pub default: Value,
    pub kind: Kind,
}

/// What a field holds and how it is typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Text {
        pattern: Option<String>,
        least: Option<u64>,
        most: Option<u64>,
        placeholder: &'static str,
    },
    /// The address of the panel itself, which the panel knows.
    Here,
    /// Text of several lines.
    Block,
    Secret {
        least: Option<u64>,
        most: Option<u64>,
    },
    /// What the browser fills in from a new passkey.
    Passkey,
    Whole {
        least: Option<i64>,
        most: Option<i64>,
    },
    Switch,
    /// One of a few words, each with its meaning when the schema says it.
    OneOf(Vec<(String, String)>),
    /// One of the names that the named action lists.
    From {
        action: String,
        whole: bool,
    },
    /// An array of plain values, one per line.
    Lines {
        item: Box<Kind>,
        code: bool,
    },
    /// An object.
    Group(Vec<Field>),
    /// An array of objects.
    Rows {
        fields: Vec<Field>,
        most: u64,
    },
    /// Anything else, typed as JSON.
    Json,
}

/// The fields of an object schema, in the order of the schema.
#[must_use]
pub fn fields(schema: &Value) -> Vec<Field> {
    below(schema, "")
}

fn below(schema: &Value, prefix: &str) -> Vec<Field> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    properties
        .iter()
        .map(|(name, property)| {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            let (kind, nullable) = kind_of(property, &path);
            let (label, help) = told(name, property);
            Field {
                label,
                help,
                required: required.contains(&name.as_str()) && !nullable,
                default: property.get("default").cloned().unwrap_or(Value::Null),
                kind,
                path,
            }
        })
        .collect()
}

/// Label and help. A share is typed in thousandths and shown in per cent, so both say which number is meant.
fn told(name: &str, property: &Value) -> (String, Option<String>) {
    let (label, help) = (words::label(name), help_of(property));
    if !name.ends_with("_permille") {
        return (label, help);
    }
    let hint = tell("form-thousandths-help");
    let help = help.map_or_else(|| hint.clone(), |help| format!("{help} {hint}"));
    (tell_with("form-thousandths", &[("label", label.into())]), Some(help))
}

/// A description that says something about this field, not about every name there is.
fn help_of(property: &Value) -> Option<String> {
    let text = property.get("description").and_then(Value::as_str)?;
    let of_a_name = text.starts_with("1 to 63 lower-case letters");
    if of_a_name && property.get("x-from").is_some() { None } else { Some(of_catalogue(text).into_owned()) }
}

/// The kind of a property and whether it may be null.
fn kind_of(property: &Value, path: &str) -> (Kind, bool) {
    let (core, nullable) = without_null(property);
    if let Some(action) = property.get("x-from").and_then(Value::as_str) {
        return (Kind::From { action: action.to_owned(), whole: is_type(core, "integer") }, nullable);
    }
    if property.get("x-secret").and_then(Value::as_bool) == Some(true) {
        return (
            Kind::Secret { least: number(core, "minLength"), most: number(core, "maxLength") },
            nullable,
        );
    }
    if property.get("x-here").and_then(Value::as_bool) == Some(true) {
        return (Kind::Here, nullable);
    }
    if property.get("x-passkey").and_then(Value::as_bool) == Some(true) {
        return (Kind::Passkey, nullable);
    }
    if let Some(words) = words_of(core) {
        return (Kind::OneOf(words), nullable);
    }
    let code = property.get("x-multiline").and_then(Value::as_bool) == Some(true);
    if code && is_type(core, "string") {
        return (Kind::Block, nullable);
    }
    (plain_kind(core, path, code), nullable)
}

fn plain_kind(core: &Value, path: &str, code: bool) -> Kind {
    if is_type(core, "boolean") {
        return Kind::Switch;
    }
    if is_type(core, "integer") {
        let bound = |key: &str| core.get(key).and_then(Value::as_i64);
        return Kind::Whole { least: bound("minimum"), most: bound("maximum") };
    }
    if is_type(core, "string") {
        return Kind::Text {
            pattern: core.get("pattern").and_then(Value::as_str).map(str::to_owned),
            least: number(core, "minLength"),
            most: number(core, "maxLength"),
            placeholder: placeholder(core),
        };
    }
    if is_type(core, "array") {
        return array_kind(core, code);
    }
    if is_type(core, "object") && core.get("properties").is_some() {
        return Kind::Group(below(core, path));
    }
    Kind::Json
}

fn array_kind(core: &Value, code: bool) -> Kind {
    let items = core.get("items").unwrap_or(&Value::Null);
    if is_type(items, "object") && items.get("properties").is_some() {
        return Kind::Rows { fields: below(items, ""), most: number(core, "maxItems").unwrap_or(64) };
    }
    match kind_of(items, "") {
        (item @ (Kind::Text { .. } | Kind::Whole { .. } | Kind::OneOf(_)), false) => {
            Kind::Lines { item: Box::new(item), code }
        }
        _ => Kind::Json,
    }
}

/// The schema without the variant or type that stands for "none", and whether there was one.
fn without_null(schema: &Value) -> (&Value, bool) {
    if let Some(variants) = schema.get("anyOf").and_then(Value::as_array) {
        let mut real = variants.iter().filter(|variant| variant.get("type") != Some(&Value::from("null")));
        if let (Some(only), None) = (real.next(), real.next()) {
            return (only, variants.len() > 1);
        }
    }
    let nullable = schema
        .get("type")
        .and_then(Value::as_array)
        .is_some_and(|types| types.contains(&Value::from("null")));
    (schema, nullable)
}

fn is_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(types)) => types.iter().any(|one| one == name),
        _ => false,
    }
}

/// The words of an enumeration: `enum`, or `oneOf` of `const` and `enum`.
fn words_of(schema: &Value) -> Option<Vec<(String, String)>> {
    let plain = |list: &[Value], meaning: &str| -> Vec<(String, String)> {
        list.iter().filter_map(Value::as_str).map(|word| (word.to_owned(), meaning.to_owned())).collect()
    };
    if let Some(list) = schema.get("enum").and_then(Value::as_array) {
        return Some(plain(list, ""));
    }
    let mut words = Vec::new();
    for variant in schema.get("oneOf")?.as_array()? {
        let meaning = variant.get("description").and_then(Value::as_str).unwrap_or_default();
        let meaning = &of_catalogue(meaning);
        match (variant.get("const"), variant.get("enum").and_then(Value::as_array)) {
            (Some(word), _) => words.push((word.as_str()?.to_owned(), meaning.clone().into_owned())),
            (None, Some(list)) => words.extend(plain(list, meaning)),
            (None, None) => return None,
        }
    }
    Some(words)
}

fn placeholder(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("ip" | "ipv4") => "10.77.0.10",
        _ => "",
    }
}

fn number(schema: &Value, key: &str) -> Option<u64> {
    schema.get(key).and_then(Value::as_u64)
}
