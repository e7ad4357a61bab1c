//! `/webhooks`, `/webhooks/{id}` and `/deliveries/{id}`

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::session::SessionView;
use rackwright_client::cli_line;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Fact, facts};
use rackwright_panel_kit::{Button, Crumb, Empty, Heading, Panel, Session, Shell, Table, refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Filter, Listing, ObjectView, Section, given, gone};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    account: String,
    after: String,
}

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "webhook.list",
        input: given(&[("account", &choice.account), ("after", &choice.after)]),
        topic: "webhooks",
        icon: "webhook",
        buttons: |who| {
            vec![
                Button::of(who, "webhook.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-webhook")).first()),
            ]
        },
        row_buttons: |who, item| buttons(who, item).into_iter().take(2).collect(),
    };
    let filters = vec![Filter {
        name: "account",
        label: tell("filter-account"),
        value: choice.account,
        words: Vec::new(),
    }];
    super::list(&panel, &session, &headers, listing, filters).await
}

/// What can be done with a webhook; the first two also in the list.
fn buttons(who: &SessionView, webhook: &Value) -> Vec<Option<Button>> {
    let id = &webhook["id"];
    let about = || json!({ "webhook": id });
    let events: Vec<&str> =
        webhook["events"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let known = json!({"webhook": id, "receiver": webhook["receiver"]});
    let change = Button::of(who, "webhook.change", "edit", known).map(|mut button| {
        // One per line, as it stands in the form.
        button.known.push(("events".into(), events.join("\n")));
        button
    });
    vec![
        Button::of(who, "webhook.resume", "player-play", about()).filter(|_| webhook["state"] == "paused"),
        change,
        Button::of(who, "webhook.test", "bolt", about()),
        Button::of(who, "webhook.remove", "trash", about()),
    ]
}

/// A webhook with what it was told last.
#[derive(Debug, Clone, Serialize)]
struct WebhookPage {
    facts: Vec<Fact>,
    deliveries: Table,
}

pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(id): Path<i64>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    match drawn(&panel, &session, &headers, id, &choice.after).await {
        Ok(response) => response,
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

async fn drawn(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    id: i64,
    after: &str,
) -> Result<Response, Fault> {
    let found = |name| rackwright_catalog::entry(name).ok_or_else(|| gone(name));
    let (show, list) = (found("webhook.show")?, found("delivery.list")?);
    let mut asked = given(&[("after", after)]);
    asked["webhook"] = json!(id);
    let about = json!({ "webhook": id });
    let (shell, webhook, told) = tokio::try_join!(
        Shell::around(panel, session, headers),
        session.client.call_named(show.spec.name, about.clone()),
        session.client.call_named(list.spec.name, asked.clone())
    )?;
    let empty = Empty {
        icon: "webhook",
        title: tell("empty-deliveries"),
        advice: tell("empty-deliveries-advice"),
        buttons: Button::of(&shell.who, "webhook.test", "bolt", about.clone()).into_iter().collect(),
    };
    let redeliver = |item: &Value| {
        let button = Button::of(&shell.who, "delivery.redeliver", "refresh", json!({"delivery": item["id"]}));
        button.filter(|_| item["state"] != "waiting").into_iter().collect()
    };
    let mut deliveries = Table::of(list, &told, now(), |item| panel.tier.item_page("delivery", item))
        .or_say(empty)
        .with_buttons(&told, redeliver);
    if let Some(next) = told["next"].as_str() {
        deliveries.next = super::next_page(&shell.path, next);
    }
    let title = tell_with("webhook-title", &[("id", id.into())]);
    let heading = Heading {
        crumbs: vec![Crumb::new(tell("menu-webhooks"), "/webhooks"), Crumb::new(title.clone(), "")],
        title,
        help: tell("page-webhook"),
        buttons: buttons(&shell.who, &webhook).into_iter().flatten().collect(),
        lines: vec![cli_line(show, &about), cli_line(list, &asked)],
    };
    let view = WebhookPage { facts: facts(&(show.output_schema)(), &webhook, now()), deliveries };
    Ok(panel.page(StatusCode::OK, "webhook.html", &shell.page(heading, view)))
}

pub async fn delivery(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let Some(entry) = rackwright_catalog::entry("delivery.show") else {
        return refusal::answer(&panel, &session, gone("delivery.show")).await;
    };
    let about = json!({ "delivery": id });
    let draw = |who: &SessionView, output: &Value| {
        let title = tell_with("delivery-title", &[("id", id.into())]);
        let webhook = output["webhook"].as_i64().unwrap_or_default();
        let of = tell_with("webhook-title", &[("id", webhook.into())]);
        let again = Button::of(who, "delivery.redeliver", "refresh", about.clone());
        let heading = Heading {
            crumbs: vec![
                Crumb::new(tell("menu-webhooks"), "/webhooks"),
                Crumb::new(of, format!("/webhooks/{webhook}")),
                Crumb::new(title.clone(), ""),
            ],
            title,
            help: tell("page-delivery"),
            buttons: again.filter(|_| output["state"] != "waiting").into_iter().collect(),
            lines: Vec::new(),
        };
        let mut shown = output.clone();
        let body = shown.as_object_mut().and_then(|fields| fields.remove("body")).unwrap_or_default();
        let facts = facts(&(entry.output_schema)(), &shown, now());
        let code = vec![serde_json::to_string_pretty(&body).unwrap_or_default()];
        let sections = vec![
            Section { title: tell("section-delivery"), facts, code: Vec::new() },
            Section { title: tell("section-told"), facts: Vec::new(), code },
        ];
        (heading, ObjectView { sections })
    };
    super::object(&panel, &session, &headers, entry, about.clone(), draw).await
}
