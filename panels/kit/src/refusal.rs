//! Why a request gets no page, and the page that says so.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use rackwright_catalog::{Fault, FaultCode};
use serde::Serialize;

use crate::language;
use crate::messages::tell;
use crate::panel::Panel;
use crate::session::{self, Session};
use crate::shell::{Crumb, Heading, Shell};

/// A request that is not answered as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in; `back` is where the person wanted to go.
    SignIn {
        back: String,
        fragment: bool,
    },
    /// The form does not carry this session's token.
    ForeignForm,
    TooLarge,
    TooSlow,
}

/// What the page of a refusal shows.
#[derive(Debug, Clone, Serialize)]
pub struct RefusalView {
    pub code: u16,
    pub attempted: String,
    pub reason: String,
    pub advice: String,
}

impl IntoResponse for Refusal {
    /// Plain answers, for where no page can be built around them.
    fn into_response(self) -> Response {
        match self {
            Self::SignIn { back, fragment } => sign_in(&back, fragment),
            Self::ForeignForm => (StatusCode::FORBIDDEN, tell("refused-form")).into_response(),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, tell("refused-large")).into_response(),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, tell("refused-slow")).into_response(),
        }
    }
}

/// To the sign-in page. A script that asked for a part of a page is told to take the whole page there.
fn sign_in(back: &str, fragment: bool) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    if !fragment {
        return Redirect::to(&format!("/sign-in?{query}")).into_response();
    }
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response
        .headers_mut()
        .insert(HeaderName::from_static("hx-redirect"), HeaderValue::from_static("/sign-in"));
    response
}

/// The HTTP status of a fault.
#[must_use]
pub fn status_of(code: FaultCode) -> StatusCode {
    match code {
        FaultCode::InvalidInput => StatusCode::UNPROCESSABLE_ENTITY,
        FaultCode::NotSignedIn => StatusCode::UNAUTHORIZED,
        FaultCode::Forbidden => StatusCode::FORBIDDEN,
        FaultCode::NotFound => StatusCode::NOT_FOUND,
        FaultCode::Conflict | FaultCode::ConfirmationNeeded => StatusCode::CONFLICT,
        FaultCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        FaultCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        FaultCode::Unavailable => StatusCode::BAD_GATEWAY,
        FaultCode::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        FaultCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer to a fault: the way to the sign-in page, or a page within the shell that says what happened.
pub async fn answer(panel: &Panel, session: &Session, fault: Fault) -> Response {
    if fault.code == FaultCode::NotSignedIn {
        let mut response = sign_in(&session.path, session.fragment);
        let (name, gone) = session::set_cookie(session::COOKIE_NAME, "", 0);
        response.headers_mut().append(name, gone);
        return response;
    }
    let status = status_of(fault.code);
    if session.fragment {
        return (status, fault.to_string()).into_response();
    }
    let Ok(shell) = Shell::around(panel, session, &axum::http::HeaderMap::new()).await else {
        return (status, Html(plain_page(&fault))).into_response();
    };
    let title = tell(if status == StatusCode::NOT_FOUND { "not-found-title" } else { "refused-title" });
    let heading = Heading { crumbs: vec![Crumb::new(title.clone(), "")], title, ..Heading::default() };
    let view = RefusalView {
        code: status.as_u16(),
        attempted: fault.attempted,
        reason: fault.reason,
        advice: fault.advice,
    };
    panel.page(status, "kit/refusal.html", &shell.page(heading, view))
}

/// For when not even the shell is to be had.
fn plain_page(fault: &Fault) -> String {
    let text = escaped(&fault.to_string());
    format!(
        "<!doctype html><html lang=\"{}\"><title>Rackwright</title><h1>{}</h1><p>{text}</p><p><a href=\"/\">{}</a></p></html>",
        language::current().tag(),
        tell("refused-title"),
        tell("refused-again"),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
