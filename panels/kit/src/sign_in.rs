//! The way in and the way out.

pub mod code;
pub mod forgotten;
pub mod outside;
pub mod passkey;

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{
    SessionClose, SessionMoved, SessionOpen, SessionOpenInput, SessionOpened,
};
use rackwright_catalog::{Entry, Fault};
use rackwright_client::Credential;
use rackwright_model::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::act::local_path;
use crate::brand::{self, BrandView};
use crate::panel::{self, Panel};
use crate::posted::{self, Posted};
use crate::refusal::status_of;
use crate::session::{self, COOKIE_NAME};
use crate::shell::{self, LanguageView};

/// What the sign-in page shows.
#[derive(Debug, Clone, Serialize)]
struct SignIn {
    panel: String,
    brand: BrandView,
    /// Where the script asks what to ask a passkey, and where it sends the answer.
    passkey_ask: &'static str,
    passkey_action: &'static str,
    back: String,
    user: String,
    problem: String,
    advice: String,
    /// Providers outside by which one may sign in here.
    offers: Vec<outside::Offer>,
    languages: Vec<LanguageView>,
}

#[derive(Debug, Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

/// `GET /sign-in?back=PATH`
pub async fn show(
    State(panel): State<Arc<Panel>>,
    Query(query): Query<Back>,
    headers: HeaderMap,
) -> Response {
    if session::cookie(&headers, COOKIE_NAME).is_some() && query.back.is_empty() {
        return Redirect::to("/").into_response();
    }
    page(&panel, &headers, (query.back, String::new()), None).await
}

/// The sign-in page; with what went wrong, if anything did.
async fn page(
    panel: &Panel,
    headers: &HeaderMap,
    (back, user): (String, String),
    fault: Option<Fault>,
) -> Response {
    let status = fault.as_ref().map_or(StatusCode::OK, |fault| status_of(fault.code));
    let (problem, advice) = fault.map(|fault| (fault.reason, fault.advice)).unwrap_or_default();
    let view = SignIn {
        panel: panel::title(rackwright_model::Tier::Provider),
        brand: brand::of_host(panel, headers).await,
        passkey_ask: "/sign-in/passkey",
        passkey_action: "/sign-in/passkey",
        offers: outside::offers(panel, headers, &back).await,
        back,
        user,
        problem,
        advice,
        languages: shell::languages(),
    };
    panel.page(status, "kit/sign-in.html", &view)
}

/// `POST /sign-in`: there is no session yet that a token could be tied to; the origin check stands in for it.
pub async fn submit(State(panel): State<Arc<Panel>>, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let (parts, body) = request.into_parts();
    let typed = match posted::typed(body).await {
        Ok(typed) => typed,
        Err(refusal) => return refusal.into_response(),
    };
    let text = |name: &str| typed.get(name).unwrap_or_default().to_owned();
    let input = SessionOpenInput {
        user: text("user").trim().to_owned(),
        password: text("password"),
        code: None,
        passkey: None,
    };
    let user = input.user.clone();
    match panel.client(Credential::None, address).call::<SessionOpen>(input.clone()).await {
        Ok(opened) => entered(&opened, &text("back")),
        Err(fault) => {
            if code::asks_for_code(&fault)
                && let Some(response) = code::ask(&panel, input, &fault, &text("back"))
            {
                return response;
            }
            page(&panel, &parts.headers, (text("back"), user), Some(fault)).await
        }
    }
}

/// The cookie of a session that acts as somebody else after this action.
pub(crate) fn moved(entry: &Entry, output: &Value) -> Option<(HeaderName, HeaderValue)> {
    let moves = matches!(entry.spec.name, "session.enter" | "session.leave");
    let moved: SessionMoved = serde_json::from_value(output.clone()).ok().filter(|_| moves)?;
    Some(kept(&moved.session, moved.expires_at))
}

/// The cookie of a session.
fn kept(credential: &str, expires_at: Millis) -> (HeaderName, HeaderValue) {
    session::set_cookie(COOKIE_NAME, credential, session::seconds_until(expires_at, panel::now()))
}

/// With the session's cookie to the page that was asked for.
fn entered(opened: &SessionOpened, back: &str) -> Response {
    let cookie = kept(&opened.session, opened.expires_at);
    ([cookie], Redirect::to(&local_path(back).unwrap_or_else(|| "/".to_owned()))).into_response()
}

/// `POST /sign-out`: the browser forgets the session even when the Control Center could not be told.
pub async fn leave(State(_): State<Arc<Panel>>, posted: Posted) -> Response {
    if let Err(fault) = posted.session.client.call::<SessionClose>(Nothing {}).await {
        tracing::warn!(reason = fault.reason, "a session could not be closed");
    }
    ([session::set_cookie(COOKIE_NAME, "", 0)], Redirect::to("/sign-in")).into_response()
}
