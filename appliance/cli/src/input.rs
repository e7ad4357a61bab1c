//! From arguments to the input of an action.

use std::fs::File;
use std::io::Read;

use clap::ArgMatches;
use rackwright_catalog::{Entry, schema};
use rackwright_client::command::{Flag, Kind, Secrecy, flags};
use rackwright_client::line::at;
use serde_json::{Map, Value};

use crate::argument::{file_id, value_id};
use crate::person::Person;
use crate::tree::INPUT;

/// Bytes of an input or a secret; the Control Center takes no more.
const LONGEST: u64 = 1 << 20;

/// The command line does not make an input: what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError(pub String);

/// The input that the arguments of an action describe. Secrets come from files, from standard input (a line each, in
/// the order of the schema) or from whoever sits at the terminal.
///
/// # Errors
/// [`InputError`] when a file cannot be read, JSON is not JSON, or a secret is missing and nobody can be asked.
pub fn input(entry: &Entry, arguments: &ArgMatches, person: &mut dyn Person) -> Result<Value, InputError> {
    let flags = flags(entry);
    one_reader(&flags, arguments)?;
    let mut input = whole(arguments, person, !flags.is_empty())?;
    for flag in &flags {
        if let Some(value) = given(flag, arguments, person)? {
            put(&mut input, &flag.path, value)?;
        }
    }
    for flag in flags.iter().filter(|flag| flag.secrecy == Secrecy::Secret) {
        if !wanted(flag, &input) {
            continue;
        }
        let secret = ask(flag, person)?;
        put(&mut input, &flag.path, secret)?;
    }
    Ok(input)
}

/// Standard input is read to its end by at most one argument, and then by no other.
fn one_reader(flags: &[Flag], arguments: &ArgMatches) -> Result<(), InputError> {
    let reads = |id: &str| file(arguments, id) == Some("-");
    let mut lines = 0;
    let mut rests: Vec<String> = Vec::new();
    if file(arguments, INPUT) == Some("-") {
        rests.push("--input".to_owned());
    }
    for flag in flags.iter().filter(|flag| flag.secrecy != Secrecy::Open && reads(&file_id(flag))) {
        if flag.kind == Kind::Json { rests.push(format!("--{}", flag.file_long())) } else { lines += 1 }
    }
    let input_and_lines = lines > 0 && rests.iter().any(|rest| rest == "--input");
    if rests.len() > 1 || input_and_lines {
        return Err(InputError(format!(
            "{} reads standard input to its end, so no other argument can read it; give that one a file",
            rests[0]
        )));
    }
    Ok(())
}

fn file<'a>(arguments: &'a ArgMatches, id: &str) -> Option<&'a str> {
    arguments.try_get_one::<String>(id).ok().flatten().map(String::as_str)
}

fn whole(arguments: &ArgMatches, person: &mut dyn Person, has_input: bool) -> Result<Value, InputError> {
    let Some(name) = file(arguments, INPUT).filter(|_| has_input) else {
        return Ok(Value::Object(Map::new()));
    };
    let value = json("--input", &text("--input", name, person)?)?;
    if value.is_object() { Ok(value) } else { Err(InputError("--input must hold a JSON object".to_owned())) }
}

/// What the arguments say of a flag.
fn given(flag: &Flag, arguments: &ArgMatches, person: &mut dyn Person) -> Result<Option<Value>, InputError> {
    let from_file = || file(arguments, &file_id(flag));
    match flag.secrecy {
        Secrecy::Open => Ok(on_the_line(flag, arguments)),
        Secrecy::Secret => match from_file() {
            Some("-") => ask_or_read(flag, person).map(Some),
            Some(name) => secret_of(&text(&format!("--{}", flag.file_long()), name, person)?, flag).map(Some),
            None => Ok(None),
        },
        Secrecy::Partly => match from_file() {
            Some(name) => {
                let what = format!("--{}", flag.file_long());
                let value = json(&what, &text(&what, name, person)?)?;
                Ok(Some(if flag.many && !value.is_array() { Value::Array(vec![value]) } else { value }))
            }
            None => open_part(flag, arguments),
        },
    }
}

fn open_part(flag: &Flag, arguments: &ArgMatches) -> Result<Option<Value>, InputError> {
    let value = on_the_line(flag, arguments);
    if value.as_ref().is_some_and(|value| schema::redact(&flag.schema, value) != *value) {
        return Err(InputError(format!(
            "--{} holds a secret, and every user of this machine can read a command line; use --{} FILE",
            flag.long,
            flag.file_long()
        )));
    }
    Ok(value)
}

fn on_the_line(flag: &Flag, arguments: &ArgMatches) -> Option<Value> {
    let mut values = arguments.get_many::<Value>(&value_id(flag))?.cloned();
    if !flag.many {
        return values.next_back();
    }
    // An array given as JSON stands for its items.
    let flat = values.flat_map(|value| match value {
        Value::Array(items) if flag.kind == Kind::Json => items,
        single => vec![single],
    });
    Some(Value::Array(flat.collect()))
}

/// Whether a secret must be there and is not: it is required in its object, and that is there or always is.
fn wanted(flag: &Flag, input: &Value) -> bool {
    let above = &flag.path[..flag.path.len() - 1];
    let object_is_there = !above.is_empty() && at(input, above).is_some_and(Value::is_object);
    let must = flag.required || (flag.required_in_object && object_is_there);
    must && at(input, &flag.path).is_none_or(Value::is_null)
}

fn ask(flag: &Flag, person: &mut dyn Person) -> Result<Value, InputError> {
    if person.can_answer() {
        return ask_or_read(flag, person);
    }
    Err(InputError(format!(
        "{} is missing, and there is no terminal to ask on; give --{} FILE, or - for standard input",
        flag.field(),
        flag.file_long()
    )))
}

fn ask_or_read(flag: &Flag, person: &mut dyn Person) -> Result<Value, InputError> {
    let secret =
        person.secret(&flag.field()).map_err(|error| InputError(format!("{}: {error}", flag.field())))?;
    // All of it: the words of a command may have several lines.
    if secret.is_empty() { secret_of("", flag) } else { Ok(Value::from(secret)) }
}

/// The first line of a file as a secret.
fn secret_of(text: &str, flag: &Flag) -> Result<Value, InputError> {
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Value::from(line)),
        _ => Err(InputError(format!("{} is empty", flag.field()))),
    }
}

fn text(what: &str, name: &str, person: &mut dyn Person) -> Result<String, InputError> {
    let read = if name == "-" { person.rest(LONGEST) } else { file_text(name) };
    read.map_err(|error| InputError(format!("{what} {name} cannot be read: {error}")))
}

fn file_text(name: &str) -> std::io::Result<String> {
    let mut text = String::new();
    if File::open(name)?.take(LONGEST + 1).read_to_string(&mut text)? as u64 > LONGEST {
        return Err(std::io::Error::other(format!("it is larger than {LONGEST} bytes")));
    }
    Ok(text)
}

fn json(what: &str, text: &str) -> Result<Value, InputError> {
    serde_json::from_str(text).map_err(|error| InputError(format!("{what} is not valid JSON: {error}")))
}

/// Set a value at a path, making the objects on the way.
fn put(input: &mut Value, path: &[String], value: Value) -> Result<(), InputError> {
    let Some((name, above)) = path.split_last() else { return Ok(()) };
    let mut place = input;
    for key in above {
        let Some(fields) = place.as_object_mut() else { return Err(no_object(path)) };
        place = fields.entry(key.clone()).or_insert(Value::Null);
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
    }
    let Some(fields) = place.as_object_mut() else { return Err(no_object(path)) };
    fields.insert(name.clone(), value);
    Ok(())
}

fn no_object(path: &[String]) -> InputError {
    InputError(format!("--input has a value where the object around {} should be", path.join(".")))
}
