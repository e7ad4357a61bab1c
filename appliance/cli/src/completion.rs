//! Completion of commands and flags, and of names that only the Control Center knows.

use std::ffi::OsString;
use std::time::Duration;

use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};
use rackwright_catalog::entry;
use rackwright_client::Limits;
use serde_json::{Value, json};

use crate::connection::client;
use crate::show::one_line;
use crate::tree::command;

/// The variable by which a shell asks for completions.
const VARIABLE: &str = "COMPLETE";
/// A person waits for these, so better none than late ones.
const LIMITS: Limits = Limits {
    connect: Duration::from_millis(700),
    answer: Duration::from_millis(1_500),
    answer_bytes: 4 << 20,
};

/// Answer a shell that asks for completions, and end; or return, when none asks.
pub(crate) fn answer_shell() {
    clap_complete::CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// The script that makes a shell ask.
pub(crate) fn script(shell: &str) -> std::io::Result<String> {
    let shell: &dyn EnvCompleter = match shell {
        "zsh" => &Zsh,
        "fish" => &Fish,
        _ => &Bash,
    };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "rackwright", "rackwright", "rackwright", &mut script)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

/// What an action lists, as values to complete: the first column of its table. Nothing when it cannot be asked.
pub(crate) fn candidates(action: String) -> impl Fn() -> Vec<CompletionCandidate> + Send + Sync {
    move || listed(&action).unwrap_or_default()
}

fn listed(action: &str) -> Option<Vec<CompletionCandidate>> {
    let column = entry(action)?.spec.columns.first()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let client = client(&typed_so_far()?, LIMITS).ok()?;
    let output = runtime.block_on(client.call_named(action, json!({}))).ok()?;
    let items = output.get("items")?.as_array()?;
    let names = items.iter().filter_map(|item| match item.get(column)? {
        Value::String(name) => Some(one_line(name)),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    Some(names.map(CompletionCandidate::new).collect())
}

/// The flags on the unfinished line, for the way to the Control Center. The shell gives the line after a `--`.
fn typed_so_far() -> Option<clap::ArgMatches> {
    let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    command().ignore_errors(true).try_get_matches_from(words).ok()
}
