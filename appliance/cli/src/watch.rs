//! `server watch`: a look after the other, until somebody has seen enough.

use std::time::Duration;

use rackwright_catalog::actions::server::{ServerEventView, Watched};
use rackwright_catalog::{Entry, Fault, FaultCode, schema};
use rackwright_client::Client;
use serde_json::{Value, json};

use crate::screen::{End, write};
use crate::show::{one_line, time};

/// Seconds that one look waits for news.
const LOOK_S: u32 = 20;
/// Between two tries to reach a Control Center that is gone, at first and at most.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Whether the action is one to be followed.
pub(crate) fn is_watch(entry: &Entry) -> bool {
    (entry.output_schema)() == schema::of::<Watched>()
}

/// Follow until Ctrl-C. A Control Center that goes away is waited for, once it was there.
///
/// # Errors
/// The fault of the first look, or one that waiting does not mend.
pub(crate) async fn watch(client: &Client, entry: &Entry, input: Value, as_json: bool) -> Result<(), End> {
    tokio::select! {
        end = follow(client, entry, input, as_json) => end,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn follow(client: &Client, entry: &Entry, mut input: Value, as_json: bool) -> Result<(), End> {
    if input["wait_s"].is_null() {
        input["wait_s"] = json!(LOOK_S);
    }
    let (mut pause, mut met) = (PAUSE, false);
    loop {
        match client.call_named(entry.spec.name, input.clone()).await {
            Ok(output) => {
                (pause, met) = (PAUSE, true);
                input["after"] = output["next"].clone();
                for item in output["items"].as_array().into_iter().flatten() {
                    write(&line(item, as_json))?;
                }
            }
            Err(fault) if met && mends_itself(&fault) => {
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

/// Whether trying again may help: a Control Center that restarts, a line that is down.
pub(crate) fn mends_itself(fault: &Fault) -> bool {
    matches!(fault.code, FaultCode::Unavailable | FaultCode::TimedOut)
}

fn line(item: &Value, as_json: bool) -> String {
    if as_json {
        return format!("{item}\n");
    }
    match serde_json::from_value::<ServerEventView>(item.clone()) {
        Ok(event) => {
            let server = event.server.map_or_else(|| "-".to_owned(), |name| name.to_string());
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
