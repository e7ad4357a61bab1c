//! `/private-servers/{name}/log?service=ssh.service&since=3600&follow=true`: the newest lines of the journal inside.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::actions::private_server::inside::{PrivateServerJournal, PrivateServerJournalInput};
use rackwright_catalog::entry;
use rackwright_model::Name;
use rackwright_model::private_server::inside::{Journal, LINES};
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::table::Empty;
use rackwright_panel_kit::{Panel, Session, Shell, Table, refusal, render};
use serde::{Deserialize, Serialize};
use serde_json::to_value;

use super::{Again, Narrow, Part, draw};
use crate::private::Token;
use crate::private::one::no_such;

/// How far back, in seconds, with the message that says it.
const SINCE: [(u32, &str); 4] =
    [(600, "log-minutes"), (3_600, "log-hour"), (86_400, "log-day"), (604_800, "log-week")];

/// Seconds between two looks of a page that follows.
const AGAIN_S: u32 = 3;

#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    #[serde(default)]
    service: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    follow: String,
}

#[derive(Serialize)]
struct LogPart {
    now: i64,
    shell: Token,
    part: Part,
}

impl Choice {
    fn since_s(&self) -> Option<u32> {
        SINCE.iter().map(|(since, _)| *since).find(|since| since.to_string() == self.since)
    }

    fn follows(&self) -> bool {
        self.follow == "true"
    }

    fn input(&self, name: &Name) -> PrivateServerJournalInput {
        PrivateServerJournalInput {
            private_server: name.clone(),
            // What is no service narrows nothing; the field shows it still.
            service: self.service.trim().parse().ok(),
            since_s: self.since_s(),
            lines: Some(LINES),
            after: None,
        }
    }

    /// The address of the lines alone.
    fn part(&self, name: &Name) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("service", self.service.trim());
        query.append_pair("since", &self.since);
        query.append_pair("follow", &self.follow);
        format!("/parts/private-server/{name}/log?{}", query.finish())
    }

    fn narrow(&self) -> Vec<Narrow> {
        let ages = SINCE.iter().map(|(since, key)| (since.to_string(), tell(key)));
        vec![
            Narrow {
                name: "service",
                label: tell("log-service"),
                value: self.service.trim().to_owned(),
                ..Narrow::default()
            },
            Narrow {
                name: "since",
                label: tell("log-since"),
                value: self.since_s().map(|since| since.to_string()).unwrap_or_default(),
                choices: std::iter::once((String::new(), tell("log-all"))).chain(ages).collect(),
                switch: false,
            },
            Narrow {
                name: "follow",
                label: tell("log-follow"),
                value: self.follow.clone(),
                switch: true,
                ..Narrow::default()
            },
        ]
    }
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
    let input = choice.input(&name);
    let asked = session.client.call::<PrivateServerJournal>(input.clone());
    let (shell, journal) = match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let note = if journal.cut { tell("log-cut") } else { String::new() };
    let part = lines(&name, &choice, &journal);
    let input = to_value(&input).unwrap_or_default();
    let action = ("private-server.journal", input);
    draw(&panel, shell, &name, "log", action, (vec![part], choice.narrow(), note))
}

/// `GET /parts/private-server/{name}/log`: the lines without the page around them.
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    match session.client.call::<PrivateServerJournal>(choice.input(&name)).await {
        Ok(journal) => {
            let part = lines(&name, &choice, &journal);
            let shell = Token { token: session.token.clone() };
            let digest = render::digest(&journal.items);
            let view = LogPart { now: now().0, shell, part };
            panel.part(shown(&headers), &digest, "parts/inside-part.html", &view)
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// What is written, and how it renews itself when somebody follows it.
fn lines(name: &Name, choice: &Choice, journal: &Journal) -> Part {
    let output = to_value(journal).unwrap_or_default();
    let table = entry("private-server.journal").map(|entry| {
        Table::of(entry, &output, now(), |_| None).or_say(Empty {
            icon: "history",
            title: tell("log-empty"),
            advice: tell("log-empty-advice"),
            ..Empty::default()
        })
    });
    let again = choice.follows().then(|| Again {
        id: "part-log",
        part: choice.part(name),
        every_s: AGAIN_S,
        digest: render::digest(&journal.items),
    });
    Part { table, again, ..Part::default() }
}
