//! Passkeys: what the script asks for, and signing in with one alone.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Json, http};
use rackwright_catalog::Fault;
use rackwright_catalog::actions::factor::{FactorPasskeyBegin, FactorPasskeyBeginInput};
use rackwright_catalog::actions::session::{
    PasskeyAnswer, SessionOpenPasskey, SessionPasskeyBegin, SessionPasskeyBeginInput, SessionSecondBegin,
    SessionSecondBeginInput,
};
use rackwright_client::Credential;
use serde::{Deserialize, Serialize};

use super::{entered, page};
use crate::form::Typed;
use crate::panel::{self, Panel};
use crate::posted;
use crate::refusal::status_of;
use crate::second_step::COOKIE_NAME;
use crate::session::{self, Session};

/// Where the browser says that it is. What it says is held against what the passkey signs.
#[derive(Debug, Deserialize)]
pub struct Place {
    #[serde(default)]
    origin: String,
}

/// `GET /sign-in/passkey?origin=ORIGIN`: what to ask any passkey.
pub async fn ask(State(panel): State<Arc<Panel>>, Query(place): Query<Place>, request: Request) -> Response {
    let client = panel.client(Credential::None, session::address_of(request.extensions()));
    let input = SessionPasskeyBeginInput { origin: place.origin };
    for_script(client.call::<SessionPasskeyBegin>(input).await)
}

/// `GET /sign-in/code/passkey?origin=ORIGIN`: what to ask the passkeys of whoever has just given a right password.
pub async fn ask_second(
    State(panel): State<Arc<Panel>>,
    Query(place): Query<Place>,
    request: Request,
) -> Response {
    let key = session::cookie(request.headers(), COOKIE_NAME);
    let known = key.and_then(|key| panel.waiting.find(&key, panel::now()));
    let Some(known) = known else { return Redirect::to("/sign-in").into_response() };
    let client = panel.client(Credential::None, session::address_of(request.extensions()));
    let input = SessionSecondBeginInput { user: known.user, password: known.password, origin: place.origin };
    for_script(client.call::<SessionSecondBegin>(input).await)
}

/// `GET /parts/passkey?origin=ORIGIN`: what to make a new passkey from.
pub async fn begin(session: Session, Query(place): Query<Place>) -> Response {
    let input = FactorPasskeyBeginInput { origin: place.origin };
    for_script(session.client.call::<FactorPasskeyBegin>(input).await)
}

/// `POST /sign-in/passkey`
pub async fn submit(State(panel): State<Arc<Panel>>, headers: HeaderMap, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let typed = match posted::typed(request.into_body()).await {
        Ok(typed) => typed,
        Err(refusal) => return refusal.into_response(),
    };
    let back = typed.get("back").unwrap_or_default().to_owned();
    let Some(answer) = answer(&typed) else { return Redirect::to("/sign-in").into_response() };
    match panel.client(Credential::None, address).call::<SessionOpenPasskey>(answer).await {
        Ok(opened) => entered(&opened, &back),
        Err(fault) => page(&panel, &headers, (back, String::new()), Some(fault)).await,
    }
}

/// What the script filled in; none when it filled in nothing.
pub(super) fn answer(typed: &Typed) -> Option<PasskeyAnswer> {
    let text = |name: &str| typed.get(name).map(str::to_owned).filter(|text| !text.is_empty());
    Some(PasskeyAnswer {
        credential: text("credential")?,
        client_data: text("client_data")?,
        authenticator_data: text("authenticator_data")?,
        signature: text("signature")?,
        handle: text("handle"),
    })
}

/// What the script says when it cannot ask.
#[derive(Serialize)]
struct Problem {
    problem: String,
    advice: String,
}

fn for_script<T: Serialize>(result: Result<T, Fault>) -> Response {
    match result {
        Ok(asked) => Json(asked).into_response(),
        Err(fault) => {
            let problem = Problem { problem: fault.reason, advice: fault.advice };
            let status: http::StatusCode = status_of(fault.code);
            (status, Json(problem)).into_response()
        }
    }
}
