//! `POST /bulk/{noun}/{verb}`: carries out, server by server, and tells what became of each.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::stream::{self, StreamExt};
use rackwright_catalog::{Entry, Fault, FieldProblem};
use rackwright_client::cli_line;
use rackwright_model::Name;
use rackwright_panel_kit::form::{Field, Typed, decode};
use rackwright_panel_kit::messages::{of_catalogue, tell, tell_with};
use rackwright_panel_kit::panel::carry_out;
use rackwright_panel_kit::{Crumb, Ending, Heading, Panel, Posted, Session, Shell, refusal};
use serde::Serialize;
use serde_json::Value;

use super::confirm::ask;
use super::{AT_ONCE, Bulk, CONFIRM};

/// What became of the action.
#[derive(Debug, Clone, Serialize)]
pub struct ResultsView {
    results: Vec<OneResult>,
    succeeded: usize,
    failed: usize,
    /// The addresses of the servers that failed, to try again.
    again: String,
    /// Where they are listed.
    list: &'static str,
}

/// What became of it on one server.
#[derive(Debug, Clone, Serialize)]
struct OneResult {
    server: String,
    ending: Ending,
    message: String,
    advice: String,
    job: Option<i64>,
    line: String,
}

pub async fn submit(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    headers: HeaderMap,
    posted: Posted,
) -> Response {
    let (session, typed) = (posted.session, posted.typed);
    let bulk = match Bulk::of(&noun, &verb, typed) {
        Ok(bulk) => bulk,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let fields = bulk.fields();
    if let Some(fault) = missing(&fields, &bulk.typed) {
        return ask(&panel, &session, &headers, &bulk, Some(fault), "").await;
    }
    if bulk.destroys() && bulk.typed.get(CONFIRM).map(str::trim) != Some(bulk.count().as_str()) {
        let problem = tell_with("bulk-not-repeated", &[("count", bulk.count().into())]);
        return ask(&panel, &session, &headers, &bulk, None, &problem).await;
    }
    let shared = decode(&fields, &bulk.typed);
    let inputs: Vec<_> =
        bulk.servers.iter().map(|server| (server.clone(), bulk.input(&shared, server))).collect();
    let results: Vec<OneResult> = stream::iter(inputs)
        .map(|(server, input)| one(&session, bulk.entry, server, input))
        .buffered(AT_ONCE)
        .collect()
        .await;
    answer(&panel, &session, &headers, &bulk, results).await
}

/// The fields that nobody filled in.
fn missing(fields: &[Field], typed: &Typed) -> Option<Fault> {
    let empty =
        |field: &&Field| field.required && typed.get(&field.path).is_none_or(|text| text.trim().is_empty());
    let problems: Vec<FieldProblem> = fields
        .iter()
        .filter(empty)
        .map(|field| FieldProblem::new(&field.path, tell("bulk-missing")))
        .collect();
    (!problems.is_empty()).then(|| Fault::invalid(tell("fault-bulk"), problems))
}

fn did(entry: &Entry) -> String {
    tell_with("bulk-did", &[("verb", of_catalogue(entry.spec.title).into())])
}

fn could_not(fault: &Fault) -> String {
    let reason = fault.reason.trim_end_matches('.');
    let values = [("attempted", fault.attempted.as_str().into()), ("reason", reason.into())];
    format!("{}.", tell_with("could-not", &values))
}

async fn one(session: &Session, entry: &'static Entry, server: Name, input: Value) -> OneResult {
    let line = cli_line(entry, &input);
    let result = carry_out(&session.client, entry.spec.name, input).await;
    let server = server.to_string();
    match result {
        Ok(output) => {
            let job = output.get("job").and_then(Value::as_i64);
            let told = output.get("message").and_then(Value::as_str);
            OneResult {
                message: told.map_or_else(|| did(entry), str::to_owned),
                ending: if job.is_some() { Ending::Incomplete } else { Ending::Successful },
                advice: String::new(),
                server,
                job,
                line,
            }
        }
        Err(fault) => OneResult {
            server,
            ending: Ending::Failed,
            message: could_not(&fault),
            advice: fault.advice,
            job: None,
            line,
        },
    }
}

/// Whether a text can stand in an address as it is.
fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

async fn answer(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    bulk: &Bulk,
    results: Vec<OneResult>,
) -> Response {
    let mut shell = match Shell::around(panel, session, headers).await {
        Ok(shell) => shell,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    shell.here = bulk.kinds.list().into();
    let failed: Vec<&str> = results
        .iter()
        .filter(|result| result.ending == Ending::Failed)
        .map(|result| result.server.as_str())
        .collect();
    let path = format!("/bulk/{}/{}", bulk.entry.spec.noun(), bulk.entry.spec.verb());
    let kept = bulk.typed.filtered(|name| !name.starts_with('_') && name != bulk.kinds.key());
    let pairs: Vec<String> = kept
        .pairs()
        .filter(|pair| plain(pair.0) && plain(pair.1))
        .map(|(name, text)| format!("{name}={text}"))
        .chain(failed.iter().map(|server| format!("{}={server}", bulk.kinds.key())))
        .collect();
    let title = bulk.title();
    let heading = Heading {
        title: title.clone(),
        crumbs: vec![bulk.kinds.crumb(), Crumb::new(title, "")],
        help: tell("bulk-help"),
        ..Heading::default()
    };
    let view = ResultsView {
        succeeded: results.len() - failed.len(),
        failed: failed.len(),
        again: if failed.is_empty() { String::new() } else { format!("{path}?{}", pairs.join("&")) },
        results,
        list: bulk.kinds.list(),
    };
    panel.page(StatusCode::OK, "bulk-results.html", &shell.page(heading, view))
}
