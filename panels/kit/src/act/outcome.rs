//! What follows an action: a page that shows the result, or the way to the page of the object with a status bar.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::{Entry, schema};
use rackwright_client::cli_line;
use rackwright_model::JobId;
use serde_json::Value;

use super::view::ActView;
use crate::flash::{Ending, Status};
use crate::panel::Panel;
use crate::refusal;
use crate::session::Session;
use crate::shell::{Crumb, Heading, Shell};

/// The page of an action.
pub(super) async fn respond(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    status: StatusCode,
    view: ActView,
) -> Response {
    let mut shell = match Shell::around(panel, session, headers).await {
        Ok(shell) => shell,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    let noun = view.action.split('.').next().unwrap_or_default();
    let crumb = panel.tier.crumb(noun);
    shell.here.clone_from(&crumb.href);
    let heading = Heading {
        title: view.title.clone(),
        crumbs: vec![crumb, Crumb::new(view.title.clone(), "")],
        help: view.summary.to_owned(),
        ..Heading::default()
    };
    panel.page(status, "kit/act.html", &shell.page(heading, view))
}

/// To the page of the object, which shows what became of the action.
#[must_use]
pub fn go_back(panel: &Panel, entry: &Entry, input: &Value, output: &Value) -> Response {
    let status = status_of(entry, input, output);
    let home = panel.tier.home_of(entry, input, Some(output));
    ([status.keep()], Redirect::to(&home)).into_response()
}

/// How an output reads in the status bar.
fn status_of(entry: &Entry, input: &Value, output: &Value) -> Status {
    let job = output.get("job").and_then(Value::as_i64).map(JobId);
    let object =
        entry.spec.main.and_then(|main| input.get(main)).and_then(Value::as_str).unwrap_or(entry.spec.noun());
    // An image that was looked at and found broken is a result, but not a success.
    let broken = output.get("broken").and_then(Value::as_str);
    let told = broken.or_else(|| output.get("message").and_then(Value::as_str));
    Status {
        ending: match (job, broken) {
            (Some(_), _) => Ending::Incomplete,
            (None, Some(_)) => Ending::Failed,
            (None, None) => Ending::Successful,
        },
        message: told.map_or_else(|| format!("{} {object}: done.", entry.spec.title), str::to_owned),
        advice: String::new(),
        job,
        line: cli_line(entry, &schema::redact(&(entry.input_schema)(), input)),
    }
}
