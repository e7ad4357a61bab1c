//! From a flag of the catalogue to arguments of the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Arg, ArgAction, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use rackwright_catalog::Entry;
use rackwright_client::command::{Choice, Flag, Kind, Secrecy};
use serde_json::Value;

use crate::completion::candidates;
use crate::tree::INPUT;

/// Ends of the names of fields that hold a number in a unit, with what is typed there.
const UNITS: [(&str, &str); 3] = [
    ("_mib", "MiB, for example 1024"),
    ("_permille", "thousandths, for example 100 for 10 %"),
    ("_kbit", "kbit/s, for example 10000"),
];

/// The arguments that fill one flag: the value itself, a file that holds it, or both.
pub(crate) fn arguments(entry: &Entry, flag: &Flag) -> Vec<Arg> {
    match flag.secrecy {
        Secrecy::Open => vec![value_argument(entry, flag)],
        Secrecy::Secret => vec![file_argument(flag)],
        Secrecy::Partly => {
            vec![value_argument(entry, flag).conflicts_with(file_id(flag)), file_argument(flag)]
        }
    }
}

/// The argument's identity: the path of the field.
pub(crate) fn value_id(flag: &Flag) -> String {
    flag.field()
}

/// The identity of the argument that names a file with the value.
pub(crate) fn file_id(flag: &Flag) -> String {
    format!("{}@file", flag.field())
}

/// What stands for the value in a usage line.
pub(crate) fn shape(flag: &Flag) -> String {
    match flag.kind {
        Kind::Text | Kind::Choice(_) => match (flag.path.last(), &flag.from) {
            (Some(name), _) if !name.contains('_') => name.to_uppercase(),
            (_, Some(action)) => action.split('.').next().unwrap_or_default().to_uppercase(),
            (_, None) => "TEXT".to_owned(),
        },
        Kind::Integer { .. } | Kind::Number => "N".to_owned(),
        Kind::Boolean => "true|false".to_owned(),
        Kind::Json => "JSON".to_owned(),
    }
}

fn value_argument(entry: &Entry, flag: &Flag) -> Arg {
    let mut argument =
        Arg::new(value_id(flag)).value_name(shape(flag)).value_parser(parser(flag)).help(help(flag));
    let main = flag.is_main(entry);
    if !main {
        argument = argument.long(flag.long.clone());
    }
    if flag.many {
        argument = argument.action(ArgAction::Append);
    }
    if flag.required {
        argument = argument.required_unless_present(INPUT);
    }
    if flag.kind == Kind::Boolean && !main {
        argument = argument.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    match &flag.from {
        Some(action) => argument.add(ArgValueCandidates::new(candidates(action.clone()))),
        None => argument,
    }
}

fn file_argument(flag: &Flag) -> Arg {
    let what = flag.help.as_deref().unwrap_or("A secret").trim_end_matches('.');
    let how = match flag.secrecy {
        Secrecy::Secret => "from a file, or with - from standard input (asked for on a terminal)",
        Secrecy::Open | Secrecy::Partly => {
            "as JSON from a file, or with - from standard input; needed when it holds secrets"
        }
    };
    Arg::new(file_id(flag))
        .long(flag.file_long())
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .help(format!("{what}: {how}"))
}

fn help(flag: &Flag) -> String {
    let mut help = flag.help.as_deref().unwrap_or_default().trim_end_matches('.').to_owned();
    if flag.many {
        help.push_str(if help.is_empty() { "Repeatable" } else { "; repeatable" });
    }
    if let Some(action) = &flag.from {
        help.push_str(if help.is_empty() { "See" } else { "; see" });
        help.push_str(&format!(": rackwright {}", action.replace('.', " ")));
    }
    if let Kind::Integer { min, max } = flag.kind
        && max < i64::from(u32::MAX)
    {
        help.push_str(&format!(" [{min} to {max}]"));
    }
    match &flag.default {
        Some(Value::String(text)) => help.push_str(&format!(" [default: {text}]")),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => help.push_str(&format!(" [default: {value}]")),
        _ => {}
    }
    help.trim_start().to_owned()
}

fn parser(flag: &Flag) -> ValueParser {
    match &flag.kind {
        Kind::Text => ValueParser::new(|text: &str| Ok::<Value, String>(Value::from(text))),
        Kind::Integer { min, max } => {
            let (min, max, unit) = (*min, *max, unit(flag));
            ValueParser::new(move |text: &str| integer(text, min, max, unit))
        }
        Kind::Number => ValueParser::new(number),
        Kind::Boolean => ValueParser::new(
            PossibleValuesParser::new(["true", "false"]).map(|word| Value::from(word == "true")),
        ),
        Kind::Choice(choices) => {
            ValueParser::new(PossibleValuesParser::new(choices.iter().map(possible)).map(Value::from))
        }
        Kind::Json => ValueParser::new(|text: &str| {
            serde_json::from_str::<Value>(text).map_err(|error| format!("it is not valid JSON: {error}"))
        }),
    }
}

fn possible(choice: &Choice) -> PossibleValue {
    let value = PossibleValue::new(choice.word.clone());
    match &choice.help {
        Some(help) => value.help(help.clone()),
        None => value,
    }
}

/// What to type for a number whose field names a unit: the number alone.
fn unit(flag: &Flag) -> Option<&'static str> {
    let name = flag.path.last()?;
    UNITS.iter().find_map(|(suffix, unit)| name.ends_with(suffix).then_some(*unit))
}

fn integer(text: &str, min: i64, max: i64, unit: Option<&str>) -> Result<Value, String> {
    let number: i64 = text.parse().map_err(|_| match unit {
        Some(unit) => format!("it is not a whole number; give {unit}"),
        None => "it is not a whole number".to_owned(),
    })?;
    match (min, max) {
        _ if (min..=max).contains(&number) => Ok(Value::from(number)),
        (_, i64::MAX) => Err(format!("it must be at least {min}")),
        (i64::MIN, _) => Err(format!("it must be at most {max}")),
        (_, _) => Err(format!("it must be from {min} to {max}")),
    }
}

fn number(text: &str) -> Result<Value, String> {
    let number: f64 = text.parse().map_err(|_| "it is not a number".to_owned())?;
    if number.is_finite() { Ok(Value::from(number)) } else { Err("it is not a number".to_owned()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whole_numbers_keep_to_their_bounds(number: i64, low: i64, high: i64) {
            let read = integer(&number.to_string(), low, high, None);
            prop_assert_eq!(read.is_ok(), low <= number && number <= high);
            prop_assert_eq!(read.ok().and_then(|value| value.as_i64()).unwrap_or(number), number);
        }

        #[test]
        fn no_text_breaks_a_number(text in "\\PC{0,30}") {
            let _ = integer(&text, 0, 9, Some("MiB"));
            let _ = number(&text);
        }
    }
}
