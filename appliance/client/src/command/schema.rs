//! From a JSON Schema, as the catalogue makes them, to flags.

use serde_json::{Map, Value};

use super::{Choice, Flag, Kind, Secrecy};

/// The flags of an object's schema.
pub(super) fn flags(schema: &Value) -> Vec<Flag> {
    let mut flags = Vec::new();
    walk(
        schema,
        &Place { path: Vec::new(), required: true, required_in_object: true, droppable: true },
        &mut flags,
    );
    flags
}

/// Where a schema stands in the input.
struct Place {
    path: Vec<String>,
    required: bool,
    required_in_object: bool,
    droppable: bool,
}

fn walk(object: &Value, place: &Place, flags: &mut Vec<Flag>) {
    for (name, schema) in properties(object).into_iter().flatten() {
        let mut path = place.path.clone();
        path.push(name.clone());
        let required_in_object = requires(object, name);
        let required = place.required && required_in_object;
        let inner = present(schema);
        if properties(inner).is_some_and(|inner| !inner.is_empty()) {
            let droppable = place.droppable && absent_equals_empty(schema);
            walk(inner, &Place { path, required, required_in_object, droppable }, flags);
        } else {
            flags
                .push(flag(Place { path, required, required_in_object, droppable: place.droppable }, schema));
        }
    }
}

/// Whether an object that is left out is the same as one whose every field is left out.
fn absent_equals_empty(schema: &Value) -> bool {
    let Some(Value::Object(default)) = schema.get("default") else { return false };
    properties(present(schema))
        .into_iter()
        .flatten()
        .all(|(name, field)| default.get(name) == field.get("default"))
}

fn flag(place: Place, schema: &Value) -> Flag {
    let Place { path, required, required_in_object, droppable } = place;
    let value = present(schema);
    let items = has_type(value, "array").then(|| value.get("items").unwrap_or(&Value::Bool(true)));
    let single = items.unwrap_or(value);
    let kind = kind(single);
    Flag {
        long: path.join("-").replace('_', "-"),
        secrecy: secrecy(schema, &kind),
        many: items.is_some(),
        required,
        required_in_object,
        from: text(schema, "x-from").or_else(|| text(single, "x-from")),
        help: text(schema, "description")
            .or_else(|| text(value, "description"))
            .or_else(|| text(single, "description")),
        droppable,
        default: schema.get("default").filter(|default| !default.is_null()).cloned(),
        schema: schema.clone(),
        kind,
        path,
    }
}

fn kind(schema: &Value) -> Kind {
    let schema = present(schema);
    if let Some(choices) = choices(schema) {
        return Kind::Choice(choices);
    }
    let bound = |keyword: &str, otherwise| schema.get(keyword).and_then(Value::as_i64).unwrap_or(otherwise);
    if has_type(schema, "integer") {
        Kind::Integer { min: bound("minimum", i64::MIN), max: bound("maximum", i64::MAX) }
    } else if has_type(schema, "number") {
        Kind::Number
    } else if has_type(schema, "boolean") {
        Kind::Boolean
    } else if has_type(schema, "string") {
        Kind::Text
    } else {
        Kind::Json
    }
}

/// The words of an enumeration of strings: `enum`, `const`, or a `oneOf` of those.
fn choices(schema: &Value) -> Option<Vec<Choice>> {
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        let words: Option<Vec<Vec<Choice>>> = variants.iter().map(choices).collect();
        return words.map(|words| words.concat());
    }
    let help = text(schema, "description");
    let choice = |word: &str| Choice { word: word.to_owned(), help: help.clone() };
    if let Some(word) = schema.get("const") {
        return word.as_str().map(|word| vec![choice(word)]);
    }
    // The description of a whole enumeration is not that of each word.
    let plain = |word: &str| Choice { word: word.to_owned(), help: None };
    schema
        .get("enum")?
        .as_array()?
        .iter()
        .filter(|word| !word.is_null())
        .map(|word| word.as_str().map(plain))
        .collect()
}

fn secrecy(schema: &Value, kind: &Kind) -> Secrecy {
    if is_secret(schema) || is_secret(present(schema)) {
        Secrecy::Secret
    } else if *kind == Kind::Json && holds_secret(schema) {
        Secrecy::Partly
    } else {
        Secrecy::Open
    }
}

fn is_secret(schema: &Value) -> bool {
    schema.get("x-secret").and_then(Value::as_bool) == Some(true)
}

fn holds_secret(schema: &Value) -> bool {
    is_secret(schema)
        || match schema {
            Value::Object(fields) => fields.values().any(holds_secret),
            Value::Array(items) => items.iter().any(holds_secret),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
}

/// The schema of an optional value when it is there: `anyOf: [X, null]` is X.
pub(crate) fn present(schema: &Value) -> &Value {
    let Some([first, second]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice) else {
        return schema;
    };
    let is_null = |schema: &Value| schema.get("type").and_then(Value::as_str) == Some("null");
    if is_null(second) {
        first
    } else if is_null(first) {
        second
    } else {
        schema
    }
}

/// The properties of an object with fixed fields.
pub(crate) fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn requires(object: &Value, name: &str) -> bool {
    object
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
}

fn has_type(schema: &Value, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(name)),
        _ => false,
    }
}

fn text(schema: &Value, keyword: &str) -> Option<String> {
    schema.get(keyword).and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::entry;

    use super::*;

    fn flag(action: &str, long: &str) -> Flag {
        let schema = (entry(action).expect("in the catalogue").input_schema)();
        flags(&schema)
            .into_iter()
            .find(|flag| flag.long == long)
            .unwrap_or_else(|| panic!("{action} --{long}"))
    }

    #[test]
    fn nested_objects_become_flags_of_their_fields() {
        let address = flag("server.add", "bmc-address");
        assert_eq!(address.path, ["bmc", "address"]);
        assert!(!address.required, "the BMC may be left out");
        assert!(flag("server.set-bmc", "bmc-address").required);
        assert_eq!(
            flag("profile.create", "disk-root-mib").kind,
            Kind::Integer { min: 1_024, max: 4_194_304 }
        );
    }

    #[test]
    fn optional_enumerations_keep_their_words() {
        let Kind::Choice(words) = flag("server.list", "state").kind else { panic!("not a choice") };
        assert!(words.iter().any(|choice| choice.word == "online" && choice.help.is_some()), "{words:?}");
        let Kind::Choice(words) = flag("job.list", "state").kind else { panic!("not a choice") };
        assert_eq!(
            words.iter().map(|choice| choice.word.as_str()).collect::<Vec<_>>(),
            ["running", "succeeded", "failed", "cancelled"]
        );
    }

    #[test]
    fn secrets_are_known_at_every_depth() {
        assert_eq!(flag("server.add", "bmc-password").secrecy, Secrecy::Secret);
        assert_eq!(flag("profile.create", "users").secrecy, Secrecy::Partly);
        assert_eq!(flag("profile.create", "root-keys").secrecy, Secrecy::Open);
    }

    #[test]
    fn arrays_repeat_and_names_have_a_source() {
        let macs = flag("server.add", "macs");
        assert!(macs.many && macs.required);
        assert_eq!(macs.kind, Kind::Text);
        assert_eq!(flag("server.install", "profile").from.as_deref(), Some("profile.list"));
    }

    #[test]
    fn a_default_may_be_left_out_only_where_absence_says_the_same() {
        let disk = |default: Value| {
            let field = serde_json::json!({"type": "string", "default": "first"});
            let object =
                serde_json::json!({"type": "object", "properties": {"target": field}, "default": default});
            flags(&serde_json::json!({"type": "object", "properties": {"disk": object}})).remove(0)
        };
        assert!(disk(serde_json::json!({"target": "first"})).droppable);
        // Left out, the object would be absent, or its target another.
        assert!(!disk(Value::Null).droppable);
        assert!(!disk(serde_json::json!({"target": "largest"})).droppable);
    }
}
