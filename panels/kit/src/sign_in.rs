//! The way in and the way out.

pub mod code;
pub mod forgotten;
pub mod passkey;

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::Fault;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::{SessionClose, SessionOpen, SessionOpenInput, SessionOpened};
use rackwright_client::Credential;
use serde::{Deserialize, Serialize};

use crate::act::local_path;
use crate::brand::{self, BrandView};
use crate::form::Typed;
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
    languages: Vec<LanguageView>,
}

impl SignIn {
    async fn new(panel: &Panel, headers: &HeaderMap, back: String) -> Self {
        Self {
            panel: panel::title(rackwright_model::Tier::Provider),
            brand: brand::of_host(panel, headers).await,
            passkey_ask: "/sign-in/passkey",
            passkey_action: "/sign-in/passkey",
            back,
            user: String::new(),
            problem: String::new(),
            advice: String::new(),
            languages: shell::languages(),
        }
    }

    /// The same, with what went wrong.
    fn after(self, fault: Fault) -> Self {
        Self { problem: fault.reason, advice: fault.advice, ..self }
    }
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
    let view = SignIn::new(&panel, &headers, query.back).await;
    panel.page(StatusCode::OK, "kit/sign-in.html", &view)
}

/// `POST /sign-in`: there is no session yet that a token could be tied to; the origin check stands in for it.
pub async fn submit(State(panel): State<Arc<Panel>>, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let (parts, body) = request.into_parts();
    let body = match posted::read(body).await {
        Ok(body) => body,
        Err(refusal) => return refusal.into_response(),
    };
    let typed = Typed::parse(&body);
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
            let status = status_of(fault.code);
            let view = SignIn::new(&panel, &parts.headers, text("back")).await.after(fault);
            panel.page(status, "kit/sign-in.html", &SignIn { user, ..view })
        }
    }
}

/// With the session's cookie to the page that was asked for.
fn entered(opened: &SessionOpened, back: &str) -> Response {
    let seconds = session::seconds_until(opened.expires_at, panel::now());
    let cookie = session::set_cookie(COOKIE_NAME, &opened.session, seconds);
    ([cookie], Redirect::to(&local_path(back).unwrap_or_else(|| "/".to_owned()))).into_response()
}

/// `POST /sign-out`: the browser forgets the session even when the Control Center could not be told.
pub async fn leave(State(_): State<Arc<Panel>>, posted: Posted) -> Response {
    if let Err(fault) = posted.session.client.call::<SessionClose>(Nothing {}).await {
        tracing::warn!(reason = fault.reason, "a session could not be closed");
    }
    ([session::set_cookie(COOKIE_NAME, "", 0)], Redirect::to("/sign-in")).into_response()
}
