//! What follows an action: a page that shows the result, or the way to the page of the object with a status bar.

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::{Entry, action, schema};
use rackwright_client::cli_line;
use rackwright_model::JobId;
use serde_json::{Value, json};

use super::room;
use super::view::ActView;
use crate::flash::{Ending, Status, Undo};
use crate::messages::{of_catalogue, tell, tell_with};
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
    mut view: ActView,
) -> Response {
    let room = room::picture(&session.client, view.action, &view.form.fields);
    let (shell, room) = tokio::join!(Shell::around(panel, session, headers), room);
    let mut shell = match shell {
        Ok(shell) => shell,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    if let Some(room) = room.as_ref().filter(|_| view.fault.is_some()) {
        room::mark(&mut view.form.fields, room);
    }
    view.room = room;
    let noun = view.action.split('.').next().unwrap_or_default();
    let crumb = panel.tier.crumb(noun);
    shell.here.clone_from(&crumb.href);
    let heading = Heading {
        title: view.title.clone(),
        crumbs: vec![crumb, Crumb::new(view.title.clone(), "")],
        help: view.summary.clone(),
        ..Heading::default()
    };
    let template = if in_place(headers) { "kit/act-form.html" } else { "kit/act.html" };
    panel.page(status, template, &shell.page(heading, view))
}

/// Whether the script of the panel asks for the form alone, to show it where the person is.
pub(super) fn in_place(headers: &HeaderMap) -> bool {
    headers.contains_key("rackwright-form")
}

/// The same answer for the script: it goes there itself, because a redirect that it followed would use up the status.
pub(super) fn for_script(redirect: Response) -> Response {
    let mut headers = HeaderMap::new();
    for cookie in redirect.headers().get_all(SET_COOKIE) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    if let Some(home) = redirect.headers().get(LOCATION) {
        headers.insert(HeaderName::from_static("rackwright-go"), home.clone());
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// To the page of the object, which shows what became of the action.
#[must_use]
pub fn go_back(panel: &Panel, entry: &Entry, input: &Value, output: &Value) -> Response {
    let status = status_of(entry, input, output);
    let home = match undoing(entry, output) {
        // Where the thing is that was as it is again.
        Some(undoing) => panel.tier.home_of(undoing, &output["input"], Some(&output["output"])),
        None => panel.tier.home_of(entry, input, Some(output)),
    };
    ([status.keep()], Redirect::to(&home)).into_response()
}

/// The action by which `audit.undo` took something back.
fn undoing(entry: &Entry, output: &Value) -> Option<&'static Entry> {
    let action = output.get("action").filter(|_| entry.spec.name == UNDO)?;
    rackwright_catalog::entry(action.as_str()?)
}

const UNDO: &str = "audit.undo";

/// How the action is taken back, when its output says that it can be.
fn undo_of(entry: &Entry, output: &Value) -> Option<Undo> {
    let row = output.get(action::UNDO)?.as_i64()?;
    let label = tell(if entry.spec.name == UNDO { "redo" } else { "undo" });
    Some(Undo { label, row, line: cli_line(rackwright_catalog::entry(UNDO)?, &json!({ "row": row })) })
}

fn did(entry: &Entry, object: &str) -> String {
    tell_with("did", &[("verb", of_catalogue(entry.spec.title).into()), ("object", object.into())])
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
        message: told.map_or_else(|| did(entry, object), str::to_owned),
        advice: String::new(),
        job,
        line: cli_line(entry, &schema::redact(&(entry.input_schema)(), input)),
        undo: undo_of(entry, output),
    }
}
