//! `GET /act/{noun}/{verb}?field=value`

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Entry, Fault, FaultCode};
use rackwright_client::Client;
use serde_json::{Value, json};

use super::outcome::respond;
use super::view::{Draft, ResultView};
use crate::form::{self, Choices, Field, Kind, Typed};
use crate::messages::{tell, tell_with};
use crate::panel::{self, Panel};
use crate::session::Session;
use crate::sign_in::outside::own_address;
use crate::{refusal, shell};

/// Looking may take no longer before the page says so.
const PATIENCE: Duration = Duration::from_secs(20);

/// The form of an action with the known fields filled in. An action that only looks is carried out as soon as nothing
/// that it needs is missing.
pub async fn show(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    session: Session,
    headers: HeaderMap,
) -> Response {
    let entry = match super::entry_of(&noun, &verb) {
        Ok(entry) => entry,
        Err(fault) => return refusal::answer(&panel, &session, fault).await.into_response(),
    };
    match shell::who(&session).await {
        Ok(who) if who.may(entry.spec.permission) => {}
        Ok(_) => return refusal::answer(&panel, &session, super::not_granted(entry)).await,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    }
    let fields = form::fields(&(entry.input_schema)());
    let asked = Typed::parse(query.unwrap_or_default().as_bytes()).renumbered(&fields);
    // A page that waits for news is no page: whoever wants to wait says how long.
    let typed = over(&form::fill(&fields, &json!({"wait_s": 0})), &asked);
    let typed = with_own_address(typed, &fields, &headers);
    let choices = Choices::ask(&session.client, &fields).await;
    let complete = fields
        .iter()
        .filter(|field| field.required)
        .all(|field| typed.get(&field.path).is_some_and(|text| !text.is_empty()));
    let result = if entry.spec.only_looks() && complete {
        Some(look(&session.client, entry, form::decode(&fields, &typed)).await)
    } else {
        None
    };
    let (fault, output) = match result {
        Some(Err(fault)) => (Some(fault), None),
        Some(Ok(output)) => (None, Some(output)),
        None => (None, None),
    };
    let status = fault.as_ref().map_or(StatusCode::OK, |fault| refusal::status_of(fault.code));
    let draft = Draft {
        entry,
        fields: &fields,
        typed: &typed,
        choices: &choices,
        fault,
        echo_secrets: false,
        grow: None,
    };
    let mut view = draft.view(&*panel.tier);
    view.result = output.map(|output| {
        let mut result = ResultView::of(entry, &output, panel::now(), &*panel.tier);
        if let (Some(table), Some(next)) = (&mut result.table, output.get("next").and_then(Value::as_str)) {
            table.next = next_page(&view.path, &asked, next);
        }
        result
    });
    respond(&panel, &session, &headers, status, view).await
}

/// `upper` laid over `lower`: what is asked for wins over what is set by default.
fn over(lower: &Typed, upper: &Typed) -> Typed {
    let mut out = lower.filtered(|name| upper.get(name).is_none());
    for (name, text) in upper.pairs() {
        out.push(name, text);
    }
    out
}

/// What the panel knows of itself needs not be typed.
fn with_own_address(mut typed: Typed, fields: &[Field], headers: &HeaderMap) -> Typed {
    for field in fields.iter().filter(|field| field.kind == Kind::Here) {
        if let Some(address) =
            own_address(headers).filter(|_| typed.get(&field.path).unwrap_or_default().is_empty())
        {
            typed.push(&field.path, address);
        }
    }
    typed
}

fn next_page(path: &str, asked: &Typed, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, text) in asked.pairs().filter(|(name, _)| *name != "after") {
        query.append_pair(name, text);
    }
    format!("{path}?{}", query.append_pair("after", next).finish())
}

async fn look(client: &Client, entry: &Entry, input: Value) -> Result<Value, Fault> {
    let name = entry.spec.name;
    tokio::time::timeout(PATIENCE, client.call_named(name, input)).await.unwrap_or_else(|_| {
        Err(Fault::new(
            FaultCode::TimedOut,
            attempt(name),
            tell_with("fault-slow", &[("n", PATIENCE.as_secs().into())]),
            tell("fault-slow-advice"),
        ))
    })
}
