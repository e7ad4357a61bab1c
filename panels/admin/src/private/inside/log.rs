//! `/private-servers/{name}/log?service=ssh.service&since=3600`: the newest lines of the journal inside.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::actions::private_server::inside::{PrivateServerJournal, PrivateServerJournalInput};
use rackwright_catalog::entry;
use rackwright_model::Name;
use rackwright_model::private_server::inside::LINES;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::Empty;
use rackwright_panel_kit::{Panel, Session, Shell, Table, refusal};
use serde::Deserialize;
use serde_json::to_value;

use super::{Narrow, Part, draw};
use crate::private::one::no_such;

/// How far back, in seconds, with the message that says it.
const SINCE: [(u32, &str); 4] =
    [(600, "log-minutes"), (3_600, "log-hour"), (86_400, "log-day"), (604_800, "log-week")];

#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    #[serde(default)]
    service: String,
    #[serde(default)]
    since: String,
}

/// `GET /private-servers/{name}/log`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    // What is no service narrows nothing; the field shows it still.
    let since_s = SINCE.iter().map(|(since, _)| *since).find(|since| since.to_string() == choice.since);
    let service = choice.service.trim().to_owned();
    let input = PrivateServerJournalInput {
        private_server: name.clone(),
        service: service.parse().ok(),
        since_s,
        lines: Some(LINES),
    };
    let asked = session.client.call::<PrivateServerJournal>(input.clone());
    let (shell, journal) = match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let note = if journal.cut { tell("log-cut") } else { String::new() };
    let output = to_value(&journal).unwrap_or_default();
    let table = entry("private-server.journal").map(|entry| {
        Table::of(entry, &output, now(), |_| None).or_say(Empty {
            icon: "history",
            title: tell("log-empty"),
            advice: tell("log-empty-advice"),
            ..Empty::default()
        })
    });
    let ages = SINCE.iter().map(|(since, key)| (since.to_string(), tell(key)));
    let narrow = vec![
        Narrow { name: "service", label: tell("log-service"), value: service, choices: Vec::new() },
        Narrow {
            name: "since",
            label: tell("log-since"),
            value: since_s.map(|since| since.to_string()).unwrap_or_default(),
            choices: std::iter::once((String::new(), tell("log-all"))).chain(ages).collect(),
        },
    ];
    let input = to_value(&input).unwrap_or_default();
    let part = Part { table, ..Part::default() };
    draw(&panel, shell, &name, "log", ("private-server.journal", input), (vec![part], narrow, note))
}
