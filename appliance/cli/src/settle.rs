//! Waiting until a private server is as it was wanted.

use std::time::{Duration, Instant};

use rackwright_catalog::actions::private_server::{
    Draining, OnePrivateServer, PrivateServerRemove, PrivateServerShow, PrivateServerView,
};
use rackwright_catalog::{Action, Effect, Entry, Fault, FaultCode, schema};
use rackwright_client::Client;
use rackwright_model::private_server::PrivateServerState;
use serde_json::{Value, json};

use crate::format::Format;
use crate::screen::{End, write};
use crate::show::{self, one_line};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(700);
/// A template of some GiB over a slow line, unpacked and started.
const LIMIT: Duration = Duration::from_secs(1_800);

/// Whether a private server comes to rest some time after the action was answered.
pub(crate) fn is_awaited(entry: &Entry) -> bool {
    if entry.spec.effect == Effect::Read {
        return false;
    }
    entry.spec.name == PrivateServerRemove::SPEC.name
        || show::without_undo((entry.output_schema)()) == schema::of::<PrivateServerView>()
}

/// Whether several jobs follow from the action.
pub(crate) fn is_drain(entry: &Entry) -> bool {
    (entry.output_schema)() == schema::of::<Draining>()
}

/// Wait until it has come to rest, and show it then. `input` and `output` are those of the action.
///
/// # Errors
/// The reason when it could not be done, or what it was waited for.
pub(crate) async fn settle(
    client: &Client,
    entry: &Entry,
    input: &Value,
    output: &Value,
    format: Format,
) -> Result<(), End> {
    // A new name is in the answer.
    let name = [&output["name"], &input["private_server"]].into_iter().find_map(Value::as_str);
    let Some(one) = name.and_then(|name| serde_json::from_value(json!({"private_server": name})).ok()) else {
        return Err(End::Fault(Fault::new(
            FaultCode::Internal,
            "wait for the private server",
            "the answer does not name it",
            "List them with: rackwright private-server list",
        )));
    };
    let one: OnePrivateServer = one;
    let name = one.private_server.clone();
    tokio::select! {
        end = come_to_rest(client, entry, one, output, format) => end,
        _ = tokio::signal::ctrl_c() => {
            eprintln!("It goes on. See how it stands with: rackwright private-server show {name}");
            Err(End::Interrupted)
        }
    }
}

async fn come_to_rest(
    client: &Client,
    entry: &Entry,
    one: OnePrivateServer,
    output: &Value,
    format: Format,
) -> Result<(), End> {
    let name = &one.private_server;
    let until = Instant::now() + LIMIT;
    let mut told = String::new();
    loop {
        match client.call::<PrivateServerShow>(one.clone()).await {
            Ok(detail) => {
                let view = detail.summary;
                if view.state.is_at_rest() {
                    let (text, _) = format.output(entry, &json!(view));
                    return write(&text);
                }
                if view.state == PrivateServerState::Failed {
                    return Err(End::Fault(Fault::new(
                        FaultCode::Unavailable,
                        format!("{} {name}", entry.spec.verb()),
                        view.reason.unwrap_or_else(|| "its server could not do it".to_owned()),
                        format!(
                            "It is tried again by itself. Read what happened with: rackwright private-server show {name}"
                        ),
                    )));
                }
                tell(&mut told, state(&view), format);
            }
            // It is gone, which was wanted.
            Err(fault)
                if fault.code == FaultCode::NotFound && entry.spec.name == PrivateServerRemove::SPEC.name =>
            {
                if format.is_for_people() {
                    return write(&format!("{name} is removed.\n"));
                }
                return write(&format.output(entry, output).0);
            }
            Err(fault) if fault.mends_itself() => {
                tell(&mut told, "the Control Center does not answer".to_owned(), format);
            }
            Err(fault) => return Err(End::Fault(fault)),
        }
        if Instant::now() >= until {
            return Err(End::Fault(Fault::new(
                FaultCode::TimedOut,
                format!("wait for {name}"),
                format!("it took longer than {} minutes; last: {told}", LIMIT.as_secs() / 60),
                format!("It goes on. See how it stands with: rackwright private-server show {name}"),
            )));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What is under way, without what changes all the time.
fn state(view: &PrivateServerView) -> String {
    let name = &view.name;
    match &view.reason {
        Some(reason) => format!("{name} is {}: {}", view.state.word(), one_line(reason)),
        None => format!("{name} is {}", view.state.word()),
    }
}

/// Tell people what is under way when it is another thing than before.
fn tell(told: &mut String, now: String, format: Format) {
    if *told != now && format.is_for_people() {
        eprintln!("{now}");
    }
    *told = now;
}
