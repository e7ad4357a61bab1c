//! From foreign JSON to a typed input. Every wrong field is named at once.
//!
//! Attacker's input: any JSON value, already bounded in size by whoever read it. A problem takes a thousand times the
//! memory of the value that it is about, so there are never many of them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind as Kind;
use rackwright_model::Name;
use serde_json::Value;

use crate::action::Action;
use crate::fault::{Fault, FaultCode, FieldProblem};

/// Values of an input, those inside lists and objects too; more than any action needs.
const MOST_VALUES: usize = 10_000;
/// Of an input with more values than this, only the first problem is looked for.
const ALL_NAMED: usize = 500;
/// Problems that are named at once.
const NAMED: usize = 100;

/// The typed input of `A`, checked by its schema and by its own rules.
///
/// # Errors
/// [`FaultCode::InvalidInput`] with one [`FieldProblem`] per wrong field.
pub fn input<A: Action>(value: Value) -> Result<A::Input, Fault> {
    let attempted = || attempt(A::SPEC.name);
    let problems = schema_problems::<A>(&value)?;
    if !problems.is_empty() {
        return Err(Fault::invalid(attempted(), problems));
    }
    let input: A::Input = serde_json::from_value(value)
        .map_err(|error| Fault::invalid(attempted(), vec![FieldProblem::new("input", error.to_string())]))?;
    let problems = A::check(&input);
    if problems.is_empty() { Ok(input) } else { Err(Fault::invalid(attempted(), problems)) }
}

/// `server.install` as a phrase: "carry out server install".
#[must_use]
pub fn attempt(name: &str) -> String {
    format!("carry out {}", name.replace('.', " "))
}

fn schema_problems<A: Action>(value: &Value) -> Result<Vec<FieldProblem>, Fault> {
    type Validators = Mutex<HashMap<&'static str, &'static Validator>>;
    static VALIDATORS: OnceLock<Validators> = OnceLock::new();
    let name = A::SPEC.name;
    let size = values(value);
    if size > MOST_VALUES {
        let problem = format!("holds {size} values; at most {MOST_VALUES} are taken");
        return Ok(vec![FieldProblem::new("input", problem)]);
    }
    let mut cache =
        VALIDATORS.get_or_init(Validators::default).lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let validator: &'static Validator = match cache.get(name) {
        Some(known) => known,
        None => {
            let built = validator(&crate::schema::of::<A::Input>()).map_err(|error| {
                Fault::new(
                    FaultCode::Internal,
                    attempt(name),
                    format!("its schema is not valid: {error}"),
                    "Report this as a bug.",
                )
            })?;
            // One per action for the life of the process.
            let kept: &'static Validator = Box::leak(Box::new(built));
            cache.insert(name, kept);
            kept
        }
    };
    drop(cache);
    let errors: Vec<jsonschema::ValidationError<'_>> = if size > ALL_NAMED {
        validator.validate(value).err().into_iter().collect()
    } else {
        validator.iter_errors(value).collect()
    };
    if errors.is_empty() {
        return Ok(Vec::new());
    }
    let schema = crate::schema::of::<A::Input>();
    let sample = serde_json::to_value(A::sample_input()).unwrap_or_default();
    Ok(errors.iter().flat_map(|error| name_fields(&schema, &sample, error)).take(NAMED).collect())
}

fn values(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(values).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// Checks formats too, of which the inputs have addresses: one that only failed to parse would hide all other problems.
fn validator(schema: &Value) -> Result<Validator, jsonschema::ValidationError<'static>> {
    jsonschema::options()
        .should_validate_formats(true)
        .with_format("ip", |text: &str| text.parse::<IpAddr>().is_ok())
        .with_format("ipv4", |text: &str| text.parse::<Ipv4Addr>().is_ok())
        .build(schema)
}

/// One schema error as problems of fields, in words. What may be a secret is not repeated: faults are shown and audited.
fn name_fields(schema: &Value, sample: &Value, error: &jsonschema::ValidationError<'_>) -> Vec<FieldProblem> {
    let pointer = error.instance_path().to_string();
    let secret = crate::schema::holds_secret(schema, &pointer);
    let at = pointer.trim_start_matches('/').replace('/', ".");
    let below = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
    let here = || if at.is_empty() { "input".to_owned() } else { at.clone() };
    match error.kind() {
        Kind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            vec![FieldProblem::new(below(field), "is missing")]
        }
        Kind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|field| FieldProblem::new(below(field), "is not a field of this action"))
            .collect(),
        Kind::Pattern { .. } if secret => {
            let value = "the value";
            vec![FieldProblem::new(here(), format!("{value} is not in the form it must have"))]
        }
        Kind::Pattern { pattern } => {
            vec![FieldProblem::new(here(), malformed(error.instance(), pattern, example(sample, &pointer)))]
        }
        Kind::Format { .. } => {
            let value = if secret { "the value".to_owned() } else { brief(error.instance()) };
            vec![FieldProblem::new(here(), format!("{value} is not an address"))]
        }
        _ => {
            let sentence =
                if secret { error.masked_with("the value").to_string() } else { error.to_string() };
            vec![FieldProblem::new(here(), sentence.chars().take(300).collect::<String>())]
        }
    }
}

/// A text of another form than its field has, with what would be right.
fn malformed(value: &Value, pattern: &str, example: Option<&str>) -> String {
    let bad_name = || value.as_str()?.parse::<Name>().err();
    if let Some(bad) = (pattern == Name::PATTERN).then(bad_name).flatten() {
        return bad.to_string();
    }
    let value = brief(value);
    match example {
        Some(example) => format!("{value} is not in the form it must have, for example {example}"),
        None => format!("{value} is not in the form it must have"),
    }
}

/// What the sample of the action has at `pointer` (RFC 6901); of a list the first item.
fn example<'a>(sample: &'a Value, pointer: &str) -> Option<&'a str> {
    let at = |here: &'a Value, part: &str| match here {
        Value::Array(items) => items.first(),
        Value::Object(fields) => fields.get(part),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    };
    pointer.split('/').skip(1).try_fold(sample, at)?.as_str()
}

fn brief(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}
