//! `GET /bulk/{noun}/{verb}?server=a&server=b`: names the servers and asks.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::{Fault, FieldProblem};
use rackwright_client::cli_line;
use rackwright_panel_kit::form::{Choices, FormView, Typed, decode, view::Drawing};
use rackwright_panel_kit::messages::{of_catalogue, tell};
use rackwright_panel_kit::{Crumb, Heading, Panel, Posted, Session, Shell, refusal};
use serde::Serialize;

use super::{Bulk, CONFIRM};

/// The question.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmView {
    path: String,
    /// The field that names one, and where they are listed.
    key: &'static str,
    list: &'static str,
    title: String,
    /// What the button says: the order may still be changed in the form.
    verb: String,
    count: String,
    destroys: bool,
    servers: Vec<Named>,
    /// Servers that hold a system, which an install would destroy.
    wiped: usize,
    form: FormView,
    confirm: &'static str,
    confirm_problem: String,
    fault: Option<Fault>,
    /// One command per server.
    lines: Vec<String>,
}

/// A server that is meant.
#[derive(Debug, Clone, Serialize)]
struct Named {
    name: String,
    /// Empty when there is no such server any more.
    state: String,
    note: String,
}

/// The page that asks.
pub async fn show(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    session: Session,
    headers: HeaderMap,
) -> Response {
    match Bulk::of(&noun, &verb, Typed::parse(query.unwrap_or_default().as_bytes())) {
        Ok(bulk) => ask(&panel, &session, &headers, &bulk, None, "").await,
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// The page that asks, again with what was wrong.
pub(super) async fn ask(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    bulk: &Bulk,
    fault: Option<Fault>,
    confirm_problem: &str,
) -> Response {
    let (shell, known) = match tokio::try_join!(Shell::around(panel, session, headers), bulk.known(session)) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    let fields = bulk.fields();
    let choices = Choices::ask(&session.client, &fields).await;
    let problems: &[FieldProblem] = fault.as_ref().map_or(&[], |fault| &fault.fields);
    let drawing = Drawing {
        typed: &bulk.typed,
        problems,
        choices: &choices,
        echo_secrets: false,
        fixed: None,
        grow: None,
    };
    let installs = bulk.entry.spec.name == "server.install";
    let wiped = known
        .iter()
        .filter(|(_, server)| installs && server.as_ref().is_some_and(|server| server.holds_a_system));
    let view = ConfirmView {
        path: format!("/bulk/{}/{}", bulk.entry.spec.noun(), bulk.entry.spec.verb()),
        key: bulk.kinds.key(),
        list: bulk.kinds.list(),
        title: bulk.title(),
        verb: bulk.doing(of_catalogue(bulk.entry.spec.title).into_owned()),
        count: bulk.count(),
        destroys: bulk.destroys(),
        wiped: wiped.count(),
        servers: known
            .iter()
            .map(|(name, server)| Named {
                name: name.to_string(),
                state: server.as_ref().map(|server| server.mark.clone()).unwrap_or_default(),
                note: server.as_ref().map_or_else(|| tell("bulk-gone"), |server| server.note.clone()),
            })
            .collect(),
        form: FormView::draw(&fields, &drawing),
        confirm: CONFIRM,
        confirm_problem: confirm_problem.to_owned(),
        lines: lines(bulk),
        fault,
    };
    let heading = Heading {
        title: view.title.clone(),
        crumbs: vec![bulk.kinds.crumb(), Crumb::new(view.title.clone(), "")],
        help: of_catalogue(bulk.entry.spec.summary).into_owned(),
        ..Heading::default()
    };
    let mut shell = shell;
    shell.here = bulk.kinds.list().into();
    let asked_again = view.fault.is_some() || !confirm_problem.is_empty();
    let status = if asked_again { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    panel.page(status, "bulk.html", &shell.page(heading, view))
}

/// The commands that do the same.
fn lines(bulk: &Bulk) -> Vec<String> {
    let shared = decode(&bulk.fields(), &bulk.typed);
    bulk.servers.iter().map(|server| cli_line(bulk.entry, &bulk.input(&shared, server))).collect()
}

/// `POST /bulk/{noun}/{verb}/lines`: the commands, while the form is being filled in.
pub async fn line(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    match Bulk::of(&noun, &verb, posted.typed) {
        Ok(bulk) => lines(&bulk).join("\n").into_response(),
        Err(fault) => refusal::answer(&panel, &posted.session, fault).await,
    }
}
