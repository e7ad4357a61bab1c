//! One run of the command.

use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::private_server::Draining;
use rackwright_catalog::{Effect, Entry, Fault, FaultCode};
use rackwright_client::command::{Flag, flags};
use rackwright_client::{Client, Limits};
use serde_json::{Value, json};

use crate::exec::Asked;
use crate::format::Format;
use crate::person::Person;
use crate::screen::{End, write};
use crate::tree::{COMPLETIONS, SHELL, WAIT, WATCH, chosen, command};
use crate::{
    completion, connection, console, context, copy, events, exec, follow, input, journal, man, settle, show,
    watch,
};

/// Run the command of this process.
#[must_use]
pub fn main() -> ExitCode {
    completion::answer_shell();
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
                let why = error.render().to_string();
                eprint!("{}", Format::Json.data(&[], &json!(misused("rackwright", why.trim_end()))));
            } else {
                // Help and version count as errors there; a terminal that is gone needs no message.
                let _ = error.print();
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if let Some((COMPLETIONS, arguments)) = matches.subcommand() {
        return completions(arguments);
    }
    match matches.subcommand() {
        Some((man::MAN, arguments)) => return ended(man::MAN, Format::Table, man::run(arguments)),
        Some((events::EVENTS, arguments)) => {
            return ended(events::EVENTS, Format::of(arguments), events::run(arguments));
        }
        Some((copy::COPY, arguments)) => {
            return ended(copy::COPY, Format::of(arguments), copy::run(arguments));
        }
        Some((context::CONTEXT, below)) => return remember(below),
        _ => {}
    }
    let Some((entry, arguments)) = chosen(&matches) else { return ExitCode::from(2) };
    let format = Format::of(arguments);
    match act(entry, arguments, format) {
        Ok(()) => ExitCode::SUCCESS,
        Err(end) => {
            complain(&entry.spec.name.replace('.', " "), Some(entry), &end, format);
            end.code()
        }
    }
}

fn remember(below: &ArgMatches) -> ExitCode {
    let Some((verb, arguments)) = below.subcommand() else { return ExitCode::from(2) };
    let format = Format::of(arguments);
    ended(&format!("{} {verb}", context::CONTEXT), format, context::run(below, format))
}

/// The exit code of a command that is no action; says why it failed.
fn ended(words: &str, format: Format, result: Result<(), End>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(end) => {
            complain(words, None, &end, format);
            end.code()
        }
    }
}

fn completions(arguments: &ArgMatches) -> ExitCode {
    let shell = arguments.get_one::<String>(SHELL).map_or("bash", String::as_str);
    match completion::script(shell).map(|script| write(&script)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(end)) => end.code(),
        Err(_) => ExitCode::FAILURE,
    }
}

fn act(entry: &'static Entry, arguments: &ArgMatches, format: Format) -> Result<(), End> {
    let mut person = Asked::of(arguments)?;
    let client = connection::client(arguments, Limits::default())?;
    let input = input(entry, arguments, &mut person)?;
    let runtime = runtime()?;
    if console::is_for_people(entry, format) {
        console::terminal()?;
        return runtime.block_on(console::run(&client, input));
    }
    if watch::is_watch(entry) {
        return runtime.block_on(watch::watch(&client, entry, input, format));
    }
    if journal::is_journal(entry) && arguments.get_flag(journal::FOLLOW) {
        return runtime.block_on(journal::follow(&client, entry, input, format));
    }
    if let Some(seconds) = arguments.try_get_one::<u64>(WATCH).ok().flatten() {
        let pause = Duration::from_secs(*seconds);
        return runtime.block_on(watch::repeat(&client, entry, input, format, pause));
    }
    let output = call(&runtime, &client, entry, input.clone(), &mut person)?;
    if exec::is_exec(entry) {
        return exec::show(&output, format);
    }
    if arguments.try_get_one::<bool>(WAIT).ok().flatten() == Some(&true) {
        return runtime.block_on(wait(&client, entry, &input, output, format));
    }
    let (text, remark) = format.output(entry, &output);
    write(&text)?;
    if let Some(remark) = remark {
        eprintln!("{remark}");
    }
    Ok(())
}

/// What waits for answers.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Fault::new(
            FaultCode::Internal,
            "start",
            error.to_string(),
            "Check the limits of this process (ulimit -a).",
        )
    })
}

/// Wait for what follows from an action.
async fn wait(
    client: &Client,
    entry: &Entry,
    input: &Value,
    output: Value,
    format: Format,
) -> Result<(), End> {
    if settle::is_awaited(entry) {
        return settle::settle(client, entry, input, &output, format).await;
    }
    if settle::is_drain(entry) {
        let drain: Draining = told(output)?;
        say(&drain.message, format)?;
        let mut failed = false;
        for job in drain.jobs {
            match follow::follow(client, job, format).await {
                Ok(()) => {}
                Err(End::Fault(fault)) => {
                    failed = true;
                    complain("", None, &End::Fault(fault), format);
                }
                Err(End::Failed) => failed = true,
                Err(end) => return Err(end),
            }
        }
        return if failed { Err(End::Failed) } else { Ok(()) };
    }
    let started: JobStarted = told(output)?;
    say(&started.message, format)?;
    follow::follow(client, started.job, format).await
}

fn say(message: &str, format: Format) -> Result<(), End> {
    if format.is_for_people() { write(&format!("{}\n", show::one_line(message))) } else { Ok(()) }
}

/// The answer that names jobs.
fn told<T: serde::de::DeserializeOwned>(output: Value) -> Result<T, Fault> {
    serde_json::from_value(output).map_err(|error| {
        Fault::new(
            FaultCode::Internal,
            "follow the job",
            error.to_string(),
            "List the jobs with: rackwright job list",
        )
    })
}

/// Carry out the action; when it asks for a confirmation, ask whoever sits at the terminal, and try once more.
fn call(
    runtime: &tokio::runtime::Runtime,
    client: &Client,
    entry: &Entry,
    mut input: Value,
    person: &mut dyn Person,
) -> Result<Value, End> {
    let fault = match runtime.block_on(client.call_named(entry.spec.name, input.clone())) {
        Ok(output) => return Ok(output),
        Err(fault) => fault,
    };
    let asked = fault.code == FaultCode::ConfirmationNeeded && entry.spec.effect == Effect::Destroy;
    let Some(flag) = confirmation(entry).filter(|_| asked && person.can_answer()) else {
        return Err(End::Fault(fault));
    };
    let Some(name) = entry.spec.main.and_then(|main| input[main].as_str()).map(str::to_owned) else {
        return Err(End::Fault(fault));
    };
    eprintln!("{}", show::one_line(&fault.reason));
    let typed = person.answer(&format!("Type {name} to go on, or nothing to leave it: ")).unwrap_or_default();
    if typed.trim() != name {
        eprintln!("That is not the name: nothing was done.");
        return Err(End::Fault(fault));
    }
    input[flag.path[0].as_str()] = Value::from(name);
    Ok(runtime.block_on(client.call_named(entry.spec.name, input))?)
}

/// The flag by which an action is confirmed.
fn confirmation(entry: &Entry) -> Option<Flag> {
    flags(entry).into_iter().find(|flag| flag.path.len() == 1 && flag.path[0].starts_with("confirm"))
}

/// A wrong command line, for programs.
fn misused(line: &str, why: &str) -> Fault {
    let advice = format!("For more, try: {line} --help");
    Fault::new(FaultCode::InvalidInput, format!("run {line}"), why, advice)
}

/// Say why a command did not go on. `words` are what was called.
fn complain(words: &str, entry: Option<&Entry>, end: &End, format: Format) {
    match end {
        End::Fault(fault) if matches!(format, Format::Json | Format::Yaml) => {
            eprint!("{}", format.data(&[], &json!(fault)));
        }
        End::Fault(fault) => {
            eprint!("{}", show::fault(entry, fault));
            if fault.code == FaultCode::ConfirmationNeeded
                && let Some(flag) = entry.and_then(confirmation)
            {
                eprintln!("  without a terminal:  add --{} NAME", flag.long);
            }
        }
        End::Usage(error) if matches!(format, Format::Json | Format::Yaml) => {
            eprint!("{}", format.data(&[], &json!(misused(&format!("rackwright {words}"), &error.0))));
        }
        End::Untrusted(text) => eprintln!("{text}"),
        End::Usage(error) => eprintln!("error: {}\n\nFor more, try: rackwright {words} --help", error.0),
        End::Failed | End::Status(_) | End::Interrupted | End::Unread => {}
    }
}
