//! The tree of commands: a noun, then a verb.

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use clap_complete::engine::ArgValueCandidates;
use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::{ENTRIES, Effect, Entry, IdempotencyKey, entry, schema};
use rackwright_client::command::{Flag, Secrecy, flags};
use rackwright_client::{cli_line, unix};

use crate::argument::{arguments, shape};
use crate::format::Format;
use crate::{context, copy, events, exec, journal, man, settle, watch};

/// The argument that holds the whole input.
pub(crate) const INPUT: &str = "@input";
/// Whether to wait for the job that an action starts.
pub(crate) const WAIT: &str = "@wait";
pub(crate) const SOCKET: &str = "@socket";
pub(crate) const CONTEXT: &str = "@context";
pub(crate) const URL: &str = "@url";
pub(crate) const TOKEN_FILE: &str = "@token-file";
pub(crate) const CA: &str = "@ca";
pub(crate) const FINGERPRINT: &str = "@fingerprint";
pub(crate) const JSON: &str = "@json";
pub(crate) const OUTPUT: &str = "@output";
/// Look again and again.
pub(crate) const WATCH: &str = "@watch";
pub(crate) const KEY: &str = "@idempotency-key";
pub(crate) const COMPLETIONS: &str = "completions";
pub(crate) const SHELL: &str = "@shell";

const ABOUT: &str = "Work with a Rackwright Control Center.";
const LONG_ABOUT: &str = "Work with a Rackwright Control Center.

On its own machine the command talks to rackwrightd through a unix socket, and root needs no token. From elsewhere \
give --url and a token, in a file or in RACKWRIGHT_TOKEN; or remember both with rackwright context add.

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 a confirmation is missing.";

/// The whole command.
#[must_use]
pub fn command() -> Command {
    let mut command = Command::new("rackwright")
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .long_about(LONG_ABOUT)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .args(globals());
    let mut nouns: Vec<&str> = ENTRIES.iter().map(|entry| entry.spec.noun()).collect();
    nouns.dedup();
    for noun in nouns {
        command = command.subcommand(noun_command(noun));
    }
    command
        .subcommand(events::command())
        .subcommand(copy::command())
        .subcommand(context::command())
        .subcommand(completions())
        .subcommand(man::command())
}

/// The action that was chosen, with its own arguments.
#[must_use]
pub fn chosen(matches: &ArgMatches) -> Option<(&'static Entry, &ArgMatches)> {
    let (noun, below) = matches.subcommand()?;
    let (verb, arguments) = below.subcommand()?;
    Some((entry(&format!("{noun}.{verb}"))?, arguments))
}

/// Whether the action starts a job that can be waited for.
pub(crate) fn starts_job(entry: &Entry) -> bool {
    (entry.output_schema)() == schema::of::<JobStarted>()
}

/// What waiting for an action means, where that is possible.
fn waits(entry: &Entry) -> Option<&'static str> {
    if starts_job(entry) {
        return Some("Follow the job to its end, and fail when it fails");
    }
    if settle::is_drain(entry) {
        return Some("Follow the jobs to their ends, one after the other, and fail when one fails");
    }
    settle::is_awaited(entry)
        .then_some("Wait until the private server is as it was wanted, and fail when that could not be done")
}

/// The verbs of a noun, each without its arguments until it is chosen: those of all take long to build.
fn noun_command(noun: &'static str) -> Command {
    let entries: Vec<&'static Entry> = ENTRIES.iter().filter(|entry| entry.spec.noun() == noun).collect();
    let verbs: Vec<&str> = entries.iter().map(|entry| entry.spec.verb()).collect();
    Command::new(noun)
        .about(verbs.join(", "))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(entries.into_iter().map(|entry| {
            let line = format!("rackwright {noun} {}", entry.spec.verb());
            Command::new(entry.spec.verb()).bin_name(line).about(entry.spec.summary).defer(with_arguments)
        }))
}

/// A verb that is used now; by the line that chooses it its action is known.
fn with_arguments(verb: Command) -> Command {
    let noun = verb.get_bin_name().unwrap_or_default().rsplit(' ').nth(1).unwrap_or_default();
    match entry(&format!("{noun}.{}", verb.get_name())) {
        Some(entry) => verb_command(verb, entry),
        None => verb,
    }
}

fn verb_command(verb: Command, entry: &'static Entry) -> Command {
    let flags = flags(entry);
    let mut command = verb
        .override_usage(usage(entry, &flags))
        .after_help(after_help(entry))
        .args(flags.iter().flat_map(|flag| arguments(entry, flag)));
    if !flags.is_empty() {
        command =
            command
                .arg(Arg::new(INPUT).long("input").value_name("FILE").value_hint(ValueHint::FilePath).help(
                "Read the whole input as JSON from a file, or from standard input with -; flags change it",
            ));
    }
    if let Some(help) = waits(entry) {
        command = command.arg(Arg::new(WAIT).long("wait").action(ArgAction::SetTrue).help(help));
    }
    if exec::is_exec(entry) {
        command = command.arg(exec::argument());
    }
    if journal::is_journal(entry) {
        command = command.arg(journal::argument());
    }
    match entry.spec.effect {
        Effect::Read if watch::can_repeat(entry) => command.arg(
            Arg::new(WATCH)
                .long("watch")
                .value_name("SECONDS")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("2")
                .value_parser(clap::value_parser!(u64).range(1..=3_600))
                .help("Look again every 2 seconds, or as many as given, and show what changed, until Ctrl-C"),
        ),
        Effect::Read => command,
        Effect::Change | Effect::Destroy => command.arg(
            Arg::new(KEY)
                .long("idempotency-key")
                .value_name("KEY")
                .value_parser(|text: &str| text.parse::<IdempotencyKey>())
                .help("Carry it out once, however often this line is run with this key within a day"),
        ),
    }
}

fn usage(entry: &Entry, flags: &[Flag]) -> String {
    let mut usage = format!("rackwright {} {}", entry.spec.noun(), entry.spec.verb());
    for flag in flags.iter().filter(|flag| flag.is_main(entry)) {
        let shape = shape(flag);
        usage.push_str(&if flag.required { format!(" <{shape}>") } else { format!(" [{shape}]") });
    }
    for flag in flags.iter().filter(|flag| flag.required && !flag.is_main(entry)) {
        let more = if flag.many { "..." } else { "" };
        usage.push_str(&match flag.secrecy {
            Secrecy::Secret => format!(" [--{} <FILE>]", flag.file_long()),
            Secrecy::Open | Secrecy::Partly => format!(" --{} <{}>{more}", flag.long, shape(flag)),
        });
    }
    usage.push_str(" [OPTIONS]");
    if exec::is_exec(entry) {
        usage.push_str(" [-- COMMAND...]");
    }
    usage
}

fn after_help(entry: &Entry) -> String {
    let warning = match entry.spec.effect {
        Effect::Destroy => {
            "This destroys something: on a terminal you may be asked to type a name first.\n\n"
        }
        Effect::Read | Effect::Change => "",
    };
    format!("{warning}Example:\n  {}", cli_line(entry, &(entry.sample_input)()))
}

fn globals() -> Vec<Arg> {
    let connection = |id: &'static str, name: &'static str| {
        Arg::new(id)
            .long(&id[1..])
            .value_name(name)
            .global(true)
            .help_heading("Connection")
            .hide_short_help(true)
    };
    vec![
        connection(SOCKET, "PATH")
            .env("RACKWRIGHT_SOCKET")
            .default_value(unix::DEFAULT_PATH)
            .value_hint(ValueHint::FilePath)
            .help("The socket of rackwrightd on this machine"),
        connection(CONTEXT, "NAME")
            .env("RACKWRIGHT_CONTEXT")
            .add(ArgValueCandidates::new(|| context::names(true)))
            .help("A Control Center that rackwright context remembers; local is the one of this machine"),
        connection(URL, "URL")
            .env("RACKWRIGHT_URL")
            .help("A Control Center on another machine, such as https://10.77.0.1:8443"),
        connection(TOKEN_FILE, "FILE")
            .value_hint(ValueHint::FilePath)
            .help("A file that holds an API token and that only its owner may read; without it RACKWRIGHT_TOKEN is used"),
        connection(CA, "FILE")
            .env("RACKWRIGHT_CA")
            .value_hint(ValueHint::FilePath)
            .help("The certificate of the authority that the Control Center is recognised by"),
        connection(FINGERPRINT, "SHA256")
            .env("RACKWRIGHT_FINGERPRINT")
            .help("The fingerprint of that certificate; goes before --ca"),
        Arg::new(JSON)
            .long("json")
            .action(ArgAction::SetTrue)
            .global(true)
            .display_order(900)
            .conflicts_with(OUTPUT)
            .help("The same as --output json"),
        Arg::new(OUTPUT)
            .long("output")
            .value_name("FORM")
            .value_parser(Format::WORDS)
            .global(true)
            .display_order(900)
            .help("How to write results and faults: a table, JSON on one line, YAML, or CSV with raw values [default: table]"),
    ]
}

fn completions() -> Command {
    Command::new(COMPLETIONS)
        .about("Write a script that completes commands, flags and names; in bash: source <(rackwright completions bash)")
        .arg(Arg::new(SHELL).value_name("SHELL").required(true).value_parser(["bash", "zsh", "fish"]))
}
