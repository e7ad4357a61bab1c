//! `private-server journal --follow`: lines as they are written, the oldest first, until Ctrl-C.

use std::time::Duration;

use clap::{Arg, ArgAction};
use rackwright_catalog::actions::private_server::inside::PrivateServerJournal;
use rackwright_catalog::{Action, Entry, Fault, FaultCode};
use rackwright_client::Client;
use rackwright_model::private_server::inside::{JournalLine, LINES};
use serde_json::{Value, json};

use crate::format::Format;
use crate::screen::{End, write};
use crate::show::{one_line, time, value};
use crate::tree::WATCH;

pub(crate) const FOLLOW: &str = "@follow";

/// Between two questions.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) fn is_journal(entry: &Entry) -> bool {
    entry.spec.name == PrivateServerJournal::SPEC.name
}

/// The switch.
pub(crate) fn argument() -> Arg {
    Arg::new(FOLLOW)
        .long("follow")
        .short('f')
        .action(ArgAction::SetTrue)
        .conflicts_with(WATCH)
        .help("Go on with what is written from now on, the oldest line first, until Ctrl-C")
}

/// Show the lines that are asked for, and then those that follow. A Control Center that goes away is waited for, once it was
/// there.
///
/// # Errors
/// The fault of the first question, or one that waiting does not mend.
pub(crate) async fn follow(client: &Client, entry: &Entry, input: Value, format: Format) -> Result<(), End> {
    tokio::select! {
        end = go_on(client, entry, input, format) => end,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn go_on(client: &Client, entry: &Entry, mut input: Value, format: Format) -> Result<(), End> {
    let (mut met, mut away, mut first) = (false, false, true);
    loop {
        match client.call_named(entry.spec.name, input.clone()).await {
            Ok(output) => {
                (met, away) = (true, false);
                let items = output["items"].as_array().map_or(&[][..], Vec::as_slice);
                if !items.is_empty() && output["newest"].is_null() {
                    return Err(too_old().into());
                }
                for item in items.iter().rev() {
                    write(&line(entry, item, format, first))?;
                    first = false;
                }
                let asked = input["lines"].as_u64();
                if !output["newest"].is_null() {
                    input["after"] = output["newest"].clone();
                    input["lines"] = json!(LINES);
                }
                // There may be more already.
                if asked == Some(u64::from(LINES)) && items.len() == LINES as usize {
                    continue;
                }
            }
            Err(fault) if met && fault.mends_itself() => {
                if !away {
                    eprintln!("{}; waiting for it to come back", one_line(&fault.reason));
                }
                away = true;
            }
            Err(fault) => return Err(End::Fault(fault)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn line(entry: &Entry, item: &Value, format: Format, first: bool) -> String {
    if !format.is_for_people() {
        return format.one_of_many(entry.spec.columns, item, first);
    }
    match serde_json::from_value::<JournalLine>(item.clone()) {
        Ok(line) => format!(
            "{}  {:<16} {:<7}  {}\n",
            time(line.at),
            one_line(&line.from),
            value("severity", &json!(line.severity)),
            one_line(&line.text)
        ),
        Err(_) => format!("{}\n", one_line(&item.to_string())),
    }
}

/// Without a place every question would be answered with the same lines.
fn too_old() -> Fault {
    Fault::new(
        FaultCode::Unavailable,
        "follow a log",
        "the agent of its server does not say where the newest line stands",
        "Update the agent of its server, or look again and again with --watch.",
    )
}
