//! `POST /act/{noun}/{verb}`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::{Entry, FaultCode, schema};
use rackwright_client::cli_line;
use serde_json::Value;

use super::outcome::{for_script, go_back, in_place, respond};
use super::room::{SIZE_BUTTON, with_size};
use super::view::{ActView, Draft, ResultView};
use crate::form::{self, Choices, Field, Typed};
use crate::panel::{self, Panel, carry_out};
use crate::posted::Posted;
use crate::session::Session;
use crate::sign_in::outside::leave_to_link;
use crate::{refusal, sign_in};

/// Carry out the action with what was typed. On a fault the form comes back as it was, with every problem at its field.
pub async fn submit(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    headers: HeaderMap,
    posted: Posted,
) -> Response {
    let entry = match super::entry_of(&noun, &verb) {
        Ok(entry) => entry,
        Err(fault) => return refusal::answer(&panel, &posted.session, fault).await.into_response(),
    };
    let form = Form { panel: &panel, session: &posted.session, headers: &headers, entry };
    let fields = form::fields(&(entry.input_schema)());
    let typed = posted.typed.renumbered(&fields);
    if let Some(size) = typed.get(SIZE_BUTTON) {
        return form.reshape(&fields, &with_size(&typed, size), None).await;
    }
    match (typed.get("_add"), typed.get("_remove")) {
        (None, None) => form.carry_out(&fields, &typed).await,
        (grow, Some(row)) => form.reshape(&fields, &typed.without_row(row).renumbered(&fields), grow).await,
        (grow @ Some(_), None) => form.reshape(&fields, &typed, grow).await,
    }
}

/// A posted form of one action.
struct Form<'a> {
    panel: &'a Panel,
    session: &'a Session,
    headers: &'a HeaderMap,
    entry: &'static Entry,
}

impl Form<'_> {
    /// The same form with a row more or less; nothing is carried out.
    async fn reshape(&self, fields: &[Field], typed: &Typed, grow: Option<&str>) -> Response {
        let choices = Choices::ask(&self.session.client, fields).await;
        let draft = Draft {
            entry: self.entry,
            fields,
            typed,
            choices: &choices,
            fault: None,
            echo_secrets: true,
            grow,
        };
        self.respond(StatusCode::OK, draft.view(&*self.panel.tier)).await
    }

    async fn carry_out(&self, fields: &[Field], typed: &Typed) -> Response {
        let input = form::decode(fields, typed);
        match carry_out(&self.session.client, self.entry.spec.name, input.clone()).await {
            Ok(output) => self.succeeded(typed, &input, &output).await,
            Err(fault) if fault.code == FaultCode::NotSignedIn => {
                refusal::answer(self.panel, self.session, fault).await
            }
            Err(fault) => {
                let status = refusal::status_of(fault.code);
                let choices = Choices::ask(&self.session.client, fields).await;
                let fault = Some(fault);
                let draft = Draft {
                    entry: self.entry,
                    fields,
                    typed,
                    choices: &choices,
                    fault,
                    echo_secrets: false,
                    grow: None,
                };
                self.respond(status, draft.view(&*self.panel.tier)).await
            }
        }
    }

    /// To the page of the object; what is for reading, or shown only once, is shown here.
    async fn succeeded(&self, typed: &Typed, input: &Value, output: &Value) -> Response {
        if self.entry.spec.name == "identity.link" {
            let leaving = leave_to_link(self.panel, self.headers, output, in_place(self.headers)).await;
            if let Some(response) = leaving {
                return response;
            }
        }
        let result = ResultView::of(self.entry, output, panel::now(), &*self.panel.tier);
        let session = sign_in::moved(self.entry, output);
        if session.is_some() || (!result.once && !self.entry.spec.only_looks()) {
            let mut home = go_back(self.panel, self.entry, input, output);
            home.headers_mut().extend(session);
            return if in_place(self.headers) { for_script(home) } else { home };
        }
        let choices = Choices::default();
        let draft = Draft {
            entry: self.entry,
            fields: &[],
            typed,
            choices: &choices,
            fault: None,
            echo_secrets: false,
            grow: None,
        };
        let mut view = draft.view(&*self.panel.tier);
        view.result = Some(result);
        view.back = self.panel.tier.home_of(self.entry, input, Some(output));
        self.respond(StatusCode::OK, view).await
    }

    async fn respond(&self, status: StatusCode, view: ActView) -> Response {
        respond(self.panel, self.session, self.headers, status, view).await
    }
}

/// `POST /act/{noun}/{verb}/line`: the command that does what the form says now, while it is being filled in.
pub async fn line(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let entry = match super::entry_of(&noun, &verb) {
        Ok(entry) => entry,
        Err(fault) => return refusal::answer(&panel, &posted.session, fault).await.into_response(),
    };
    let schema = (entry.input_schema)();
    let fields = form::fields(&schema);
    let input = form::decode(&fields, &posted.typed.renumbered(&fields));
    cli_line(entry, &schema::redact(&schema, &input)).into_response()
}
