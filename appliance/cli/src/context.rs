//! `rackwright context`: Control Centers on other machines, by name. What is remembered stays on this machine.

pub(crate) mod book;

use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use rackwright_client::{Fingerprint, Trust};
use rackwright_model::Name;
use serde_json::{Value, json};

use crate::connection::{https, token_of};
use crate::format::Format;
use crate::input::InputError;
use crate::person::{Person, Terminal};
use crate::screen::{End, write};
use crate::show::one_line;
use crate::tree::{CA, FINGERPRINT, TOKEN_FILE, URL};
use book::{Book, Context};

pub(crate) const CONTEXT: &str = "context";
/// The name that stands for the socket of this machine.
pub(crate) const LOCAL: &str = "local";
const NAME: &str = "@name";
const USE: &str = "@use";
/// What the list shows.
const COLUMNS: [&str; 5] = ["name", "url", "trust", "token", "in_use"];
/// How faults name the attempt.
const ATTEMPT: &str = "context.add";

/// The command and those below it.
pub(crate) fn command() -> Command {
    let below = |name: &'static str, about: &'static str| Command::new(name).about(about);
    Command::new(CONTEXT)
        .about("add, list, use, remove: remember Control Centers on other machines")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            below("add", "Remember a Control Center, or change what is remembered of it.")
                .override_usage("rackwright context add <NAME> --url <URL> [--fingerprint <SHA256> | --ca <FILE>] [--token-file <FILE>] [--use]")
                .arg(Arg::new(NAME).value_name("NAME").required(true).value_parser(new_name).help("What to call it"))
                .arg(Arg::new(USE).long("use").action(ArgAction::SetTrue).help("Use it from now on"))
                .after_help(
                    "Without --fingerprint and --ca it shows what to compare and the command that trusts it. With a name that is \
                     known, what is not given stays; with another --url, the old token and trust are forgotten. --token-file - \
                     asks for the token, or reads it from standard input.\n\nExample:\n  rackwright context add lab --url \
                     https://10.77.0.1:8443 --fingerprint SHA256 --token-file - --use",
                ),
        )
        .subcommand(below("list", "List the Control Centers that are remembered, and which one is used."))
        .subcommand(
            below("use", "Use a Control Center from now on; local is the one of this machine.").arg(known(true)),
        )
        .subcommand(below("remove", "Forget a Control Center and its token.").arg(known(false)))
}

fn known(and_local: bool) -> Arg {
    Arg::new(NAME)
        .value_name("NAME")
        .required(true)
        .help("As rackwright context list shows it")
        .add(ArgValueCandidates::new(move || names(and_local)))
}

/// The names to complete.
pub(crate) fn names(and_local: bool) -> Vec<CompletionCandidate> {
    let book = book::place().and_then(|place| book::read(&place).ok()).unwrap_or_default();
    let local = and_local.then(|| LOCAL.to_owned());
    book.contexts.into_keys().chain(local).map(CompletionCandidate::new).collect()
}

fn new_name(text: &str) -> Result<String, String> {
    if text == LOCAL {
        return Err("it stands for the Control Center of this machine".to_owned());
    }
    text.parse::<Name>().map(|name| name.to_string()).map_err(|error| error.to_string())
}

/// The command that trusts what a context's Control Center shows, but for the fingerprint at its end.
pub(crate) fn trust_command(name: &str) -> String {
    format!("rackwright context add {name} --fingerprint")
}

/// There is no such context.
pub(crate) fn unknown(name: &str) -> InputError {
    InputError(format!("there is no context {}; list them with: rackwright context list", one_line(name)))
}

/// Carry out what was chosen below `context`.
pub(crate) fn run(matches: &ArgMatches, format: Format) -> Result<(), End> {
    let place = book::place().ok_or_else(|| {
        InputError("contexts need a place: set HOME, or XDG_CONFIG_HOME to an absolute path".to_owned())
    })?;
    let Some((verb, arguments)) = matches.subcommand() else { return Ok(()) };
    let name = arguments.try_get_one::<String>(NAME).ok().flatten().cloned().unwrap_or_default();
    let message = match verb {
        "add" => add(&place, &name, arguments)?,
        "use" => switch(&place, &name)?,
        "remove" => remove(&place, &name)?,
        _ => return list(&place, format),
    };
    let text = if format.is_for_people() {
        format!("{message}\n")
    } else {
        format.data(&[], &json!({ "message": message }))
    };
    write(&text)
}

fn add(place: &Path, name: &str, arguments: &ArgMatches) -> Result<String, End> {
    let text = |id: &str| arguments.get_one::<String>(id).cloned();
    let before = book::read(place)?.contexts.remove(name);
    let on_line = |id: &str| arguments.value_source(id) == Some(ValueSource::CommandLine);
    let url = text(URL).filter(|_| before.is_none() || on_line(URL));
    let kept = before.filter(|before| url.as_ref().is_none_or(|url| *url == before.url));
    let Some(url) = url.or_else(|| kept.as_ref().map(|kept| kept.url.clone())) else {
        return Err(InputError("a new context needs its address: --url https://HOST:8443".to_owned()).into());
    };
    // What the environment says is of the Control Center that it names, not of one that is known by another name.
    let text = |id: &str| text(id).filter(|_| kept.is_none() || on_line(id));
    let (fingerprint, ca) = match (text(FINGERPRINT), text(CA), &kept) {
        (None, None, Some(kept)) => (kept.fingerprint.clone(), kept.ca.clone()),
        (print, ca, _) => (print.as_deref().map(print_of).transpose()?, ca.map(found_anywhere).transpose()?),
    };
    let way = https(&url, Trust::Unknown)?;
    if fingerprint.is_none() && ca.is_none() {
        return Err(End::Untrusted(untrusted(name, &url, &shown(&way)?)));
    }
    let token = match text(TOKEN_FILE).as_deref() {
        Some("-") => Some(typed_token()?),
        Some(file) => Some(token_of(file)?),
        None => kept.and_then(|kept| kept.token),
    };
    let has_token = token.is_some();
    let context = Context { url, fingerprint, ca, token };
    let used = arguments.get_flag(USE);
    book::update(place, |book| {
        book.contexts.insert(name.to_owned(), context);
        if used {
            book.current = Some(name.to_owned());
        }
        Ok(())
    })?;
    let next = if used { "It is used from now on." } else { "Use it with --context, or from now on with:" };
    let line = if used { String::new() } else { format!(" rackwright context use {name}") };
    let token = if has_token { "" } else { " It has no token yet: add one with --token-file." };
    Ok(format!("{name} is remembered.{token} {next}{line}"))
}

/// The fingerprint as it is remembered.
fn print_of(text: &str) -> Result<String, InputError> {
    let print: Fingerprint = text.parse().map_err(|error| InputError(format!("--fingerprint: {error}")))?;
    Ok(print.to_string())
}

/// The path of a file that can be read, so that it is found from every folder.
fn found_anywhere(file: String) -> Result<PathBuf, InputError> {
    let path = std::path::absolute(&file).and_then(|path| std::fs::metadata(&path).map(|_| path));
    path.map_err(|error| InputError(format!("--ca {file}: {error}")))
}

fn shown(way: &rackwright_client::HttpsTransport) -> Result<Fingerprint, End> {
    let runtime = crate::run::runtime()?;
    Ok(runtime.block_on(way.fingerprint(ATTEMPT))?)
}

fn untrusted(name: &str, url: &str, print: &Fingerprint) -> String {
    let url = shlex::try_quote(url).unwrap_or_default().into_owned();
    format!(
        "{url} is not known yet; nothing was remembered.\nIt shows the SHA-256 fingerprint\n  {print}\nCompare it with the one \
         that rackwrightd wrote to its log when it started (authority.fingerprint). If they agree, trust it with:\n  \
         {} {print} --url {url}",
        trust_command(name)
    )
}

fn typed_token() -> Result<String, InputError> {
    let token = Terminal.secret("token").map_err(|error| InputError(format!("--token-file -: {error}")))?;
    let token = token.trim().to_owned();
    if token.is_empty() { Err(InputError("--token-file -: there is no token".to_owned())) } else { Ok(token) }
}

fn switch(place: &Path, name: &str) -> Result<String, InputError> {
    book::update(place, |book| {
        if name != LOCAL && !book.contexts.contains_key(name) {
            return Err(unknown(name));
        }
        book.current = (name != LOCAL).then(|| name.to_owned());
        Ok(())
    })?;
    Ok(format!("{name} is used from now on."))
}

fn remove(place: &Path, name: &str) -> Result<String, InputError> {
    let mut was_used = false;
    book::update(place, |book| {
        book.contexts.remove(name).ok_or_else(|| unknown(name))?;
        was_used = book.current.as_deref() == Some(name);
        if was_used {
            book.current = None;
        }
        Ok(())
    })?;
    let now = if was_used { " The Control Center of this machine is used from now on." } else { "" };
    Ok(format!("{name} is forgotten.{now} Its token is still valid: revoke it with rackwright token revoke."))
}

fn list(place: &Path, format: Format) -> Result<(), End> {
    let items = rows(&book::read(place)?);
    write(&format.data(&COLUMNS, &json!({ "items": items })))
}

/// What is remembered, without the tokens, and this machine's own Control Center last.
fn rows(book: &Book) -> Vec<Value> {
    let trust = |context: &Context| match (&context.fingerprint, &context.ca) {
        (Some(print), _) => format!("sha256:{print}"),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => "nothing".to_owned(),
    };
    let mut rows: Vec<Value> = book
        .contexts
        .iter()
        .map(|(name, context)| {
            json!({
                "name": name,
                "url": context.url,
                "trust": trust(context),
                "token": context.token.is_some(),
                "in_use": book.current.as_ref() == Some(name),
            })
        })
        .collect();
    let in_use = book.current.is_none();
    rows.push(json!({ "name": LOCAL, "url": null, "trust": null, "token": false, "in_use": in_use }));
    rows
}
