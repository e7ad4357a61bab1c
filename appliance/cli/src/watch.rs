//! `server watch`: a look after the other, until somebody has seen enough.

use std::io::IsTerminal;
use std::time::Duration;

use rackwright_catalog::actions::server::{ServerEventView, Watched};
use rackwright_catalog::{Entry, schema};
use rackwright_client::Client;
use serde_json::{Value, json};

use crate::format::Format;
use crate::screen::{End, write};
use crate::show::{one_line, time};

/// Seconds that one look waits for news.
const LOOK_S: u32 = 20;
/// Between two tries to reach a Control Center that is gone, at first and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The fields of an event, in the order of CSV.
const EVENT_COLUMNS: [&str; 6] = ["id", "at", "server", "private_server", "kind", "text"];
/// Clears a terminal and goes to its upper left corner (ECMA-48 sections 8.3.21 and 8.3.39).
const CLEAR: &str = "\u{1b}[H\u{1b}[2J\u{1b}[3J";

/// Whether the action is one to be followed.
pub(crate) fn is_watch(entry: &Entry) -> bool {
    (entry.output_schema)() == schema::of::<Watched>()
}

/// Follow until Ctrl-C. A Control Center that goes away is waited for, once it was there.
///
/// # Errors
/// The fault of the first look, or one that waiting does not mend.
pub(crate) async fn watch(client: &Client, entry: &Entry, input: Value, format: Format) -> Result<(), End> {
    tokio::select! {
        end = follow(client, entry, input, format) => end,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// Show what is there and end.
///
/// # Errors
/// The fault of a look.
pub(crate) async fn once(
    client: &Client,
    entry: &Entry,
    mut input: Value,
    format: Format,
) -> Result<(), End> {
    input["wait_s"] = json!(0);
    let mut first = true;
    loop {
        let output = client.call_named(entry.spec.name, input.clone()).await?;
        let items = output["items"].as_array().map_or(&[][..], Vec::as_slice);
        if items.is_empty() {
            if first && format.is_for_people() {
                eprintln!("There are none.");
            }
            return Ok(());
        }
        for item in items {
            write(&line(item, format, first))?;
            first = false;
        }
        input["after"] = output["next"].clone();
    }
}

async fn follow(client: &Client, entry: &Entry, mut input: Value, format: Format) -> Result<(), End> {
    if input["wait_s"].is_null() {
        input["wait_s"] = json!(LOOK_S);
    }
    let (mut pause, mut met, mut first) = (PAUSE, false, true);
    loop {
        match client.call_named(entry.spec.name, input.clone()).await {
            Ok(output) => {
                (pause, met) = (PAUSE, true);
                input["after"] = output["next"].clone();
                for item in output["items"].as_array().into_iter().flatten() {
                    write(&line(item, format, first))?;
                    first = false;
                }
            }
            Err(fault) if met && fault.mends_itself() => {
                if pause == PAUSE {
                    eprintln!("{}; waiting for it to come back", one_line(&fault.reason));
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(fault) => return Err(End::Fault(fault)),
        }
    }
}

/// Whether looking again and again makes sense: what lists or shows, but does not wait by itself.
pub(crate) fn can_repeat(entry: &Entry) -> bool {
    entry.spec.only_looks() && !is_watch(entry)
}

/// Look every `pause` and show what changed, until Ctrl-C. A terminal shows the last look only; elsewhere one look
/// follows the other.
///
/// # Errors
/// The fault of the first look, or one that waiting does not mend.
pub(crate) async fn repeat(
    client: &Client,
    entry: &Entry,
    input: Value,
    format: Format,
    pause: Duration,
) -> Result<(), End> {
    tokio::select! {
        end = look_again(client, entry, input, format, pause) => end,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn look_again(
    client: &Client,
    entry: &Entry,
    input: Value,
    format: Format,
    pause: Duration,
) -> Result<(), End> {
    let clears = format.is_for_people() && std::io::stdout().is_terminal();
    let (mut shown, mut away) = (None, false);
    loop {
        match client.call_named(entry.spec.name, input.clone()).await {
            Ok(output) => {
                away = false;
                if shown.as_ref() != Some(&output) {
                    let (text, remark) = match format {
                        Format::Yaml => (format.one_of_many(&[], &output, false), None),
                        Format::Table | Format::Json | Format::Csv => format.output(entry, &output),
                    };
                    let gap = if shown.is_some() && format.is_for_people() { "\n" } else { "" };
                    write(&format!("{}{text}", if clears { CLEAR } else { gap }))?;
                    if let Some(remark) = remark {
                        eprintln!("{remark}");
                    }
                    shown = Some(output);
                }
            }
            Err(fault) if shown.is_some() && fault.mends_itself() => {
                if !away {
                    eprintln!("{}; waiting for it to come back", one_line(&fault.reason));
                }
                away = true;
            }
            Err(fault) => return Err(End::Fault(fault)),
        }
        tokio::time::sleep(pause).await;
    }
}

fn line(item: &Value, format: Format, first: bool) -> String {
    if !format.is_for_people() {
        return format.one_of_many(&EVENT_COLUMNS, item, first);
    }
    match serde_json::from_value::<ServerEventView>(item.clone()) {
        Ok(event) => {
            let name = event.private_server.or(event.server);
            let server = name.map_or_else(|| "-".to_owned(), |name| name.to_string());
            format!(
                "{}  {server:<12} {:<7} {}\n",
                time(event.at),
                one_line(&event.kind),
                one_line(&event.text)
            )
        }
        Err(_) => format!("{}\n", one_line(&item.to_string())),
    }
}
