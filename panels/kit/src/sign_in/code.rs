//! The second step of signing in: the code of an authenticator app, a recovery code or a passkey.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::actions::session::{SessionOpen, SessionOpenInput};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::Credential;
use serde::Serialize;

use super::{Back, entered, passkey};
use crate::brand::{self, BrandView};
use crate::panel::{self, Panel};
use crate::posted;
use crate::refusal::status_of;
use crate::second_step::{COOKIE_NAME, Known, LASTS_S};
use crate::session;
use crate::shell::{self, LanguageView};

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
struct CodeView {
    panel: String,
    brand: BrandView,
    /// Whether a passkey would do as well, and how the script gets there.
    passkey: bool,
    passkey_ask: &'static str,
    passkey_action: &'static str,
    back: String,
    user: String,
    problem: String,
    advice: String,
    languages: Vec<LanguageView>,
}

impl CodeView {
    fn of(brand: BrandView, known: &Known, back: String, fault: Option<Fault>) -> Self {
        let (problem, advice) = fault.map(|fault| (fault.reason, fault.advice)).unwrap_or_default();
        Self {
            panel: panel::title(rackwright_model::Tier::Provider),
            brand,
            passkey: known.passkey,
            passkey_ask: "/sign-in/code/passkey",
            passkey_action: "/sign-in/code",
            back,
            user: known.user.clone(),
            problem,
            advice,
            languages: shell::languages(),
        }
    }
}

/// Whether the fault is about the second factor: then the password was right.
pub(super) fn asks_for_code(fault: &Fault) -> bool {
    fault.fields.iter().any(|field| matches!(field.field.as_str(), "code" | "passkey"))
}

/// On to the page that asks for the code; none when the password cannot be kept until then.
pub(super) fn ask(panel: &Panel, input: SessionOpenInput, fault: &Fault, back: &str) -> Option<Response> {
    let passkey = fault.fields.iter().any(|field| field.field == "passkey");
    let key = panel.waiting.keep(input.user, input.password, passkey, panel::now())?;
    let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let page = Redirect::to(&format!("/sign-in/code?back={back}"));
    Some(([session::set_cookie(COOKIE_NAME, &key, LASTS_S)], page).into_response())
}

/// `GET /sign-in/code?back=PATH`
pub async fn show(
    State(panel): State<Arc<Panel>>,
    Query(query): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let known = session::cookie(&headers, COOKIE_NAME).and_then(|key| panel.waiting.find(&key, panel::now()));
    let Some(known) = known else { return Redirect::to("/sign-in").into_response() };
    let brand = brand::of_host(&panel, &headers).await;
    panel.page(StatusCode::OK, "kit/sign-in-code.html", &CodeView::of(brand, &known, query.back, None))
}

/// `POST /sign-in/code`
pub async fn submit(State(panel): State<Arc<Panel>>, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let key = session::cookie(request.headers(), COOKIE_NAME);
    let (parts, body) = request.into_parts();
    let typed = match posted::typed(body).await {
        Ok(typed) => typed,
        Err(refusal) => return refusal.into_response(),
    };
    let text = |name: &str| typed.get(name).unwrap_or_default().to_owned();
    let found = key.and_then(|key| Some((panel.waiting.find(&key, panel::now())?, key)));
    let Some((known, key)) = found else { return Redirect::to("/sign-in").into_response() };
    let passkey = passkey::answer(&typed);
    let code = Some(text("code").trim().to_owned()).filter(|_| passkey.is_none());
    let input =
        SessionOpenInput { user: known.user.clone(), password: known.password.clone(), code, passkey };
    let gone = session::set_cookie(COOKIE_NAME, "", 0);
    match panel.client(Credential::None, address).call::<SessionOpen>(input).await {
        Ok(opened) => {
            panel.waiting.forget(&key, panel::now());
            let mut response = entered(&opened, &text("back"));
            response.headers_mut().append(gone.0, gone.1);
            response
        }
        // The password is another by now.
        Err(fault) if fault.code == FaultCode::NotSignedIn && !asks_for_code(&fault) => {
            panel.waiting.forget(&key, panel::now());
            ([gone], Redirect::to("/sign-in")).into_response()
        }
        Err(fault) => {
            let status = status_of(fault.code);
            let brand = brand::of_host(&panel, &parts.headers).await;
            let view = CodeView::of(brand, &known, text("back"), Some(fault));
            panel.page(status, "kit/sign-in-code.html", &view)
        }
    }
}
