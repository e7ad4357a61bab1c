//! For whoever forgot the password: asking for a link by mail, and setting a new password by it.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::Fault;
use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::user::{UserForgot, UserForgotInput, UserReset, UserResetInput};
use rackwright_client::Credential;
use serde::{Deserialize, Serialize};

use crate::brand::{self, BrandView};
use crate::panel::{self, Panel};
use crate::posted;
use crate::refusal::status_of;
use crate::session;
use crate::shell::{self, LanguageView};

/// What both pages show.
#[derive(Debug, Clone, Serialize)]
struct ForgottenView {
    panel: String,
    brand: BrandView,
    /// Of the first page.
    user: String,
    /// Of the second page.
    key: String,
    /// Whether it went well: then there is nothing more to type.
    done: bool,
    problem: String,
    advice: String,
    languages: Vec<LanguageView>,
}

impl ForgottenView {
    async fn new(panel: &Panel, headers: &HeaderMap, user: &str, key: &str) -> Self {
        Self {
            panel: panel::title(rackwright_model::Tier::Provider),
            brand: brand::of_host(panel, headers).await,
            user: user.to_owned(),
            key: key.to_owned(),
            done: false,
            problem: String::new(),
            advice: String::new(),
            languages: shell::languages(),
        }
    }

    /// The page again, with what came of it.
    fn answer(mut self, panel: &Panel, template: &str, result: Result<Done, Fault>) -> Response {
        let status = match result {
            Ok(_) => {
                self.done = true;
                StatusCode::OK
            }
            Err(fault) => {
                (self.problem, self.advice) = (fault.reason, fault.advice);
                status_of(fault.code)
            }
        };
        panel.page(status, template, &self)
    }
}

/// `GET /sign-in/forgot`
pub async fn show(State(panel): State<Arc<Panel>>, headers: HeaderMap) -> Response {
    let view = ForgottenView::new(&panel, &headers, "", "").await;
    panel.page(StatusCode::OK, "kit/forgot.html", &view)
}

/// `POST /sign-in/forgot`: the answer is the same for every name.
pub async fn submit(State(panel): State<Arc<Panel>>, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let (parts, body) = request.into_parts();
    let typed = match posted::typed(body).await {
        Ok(typed) => typed,
        Err(refusal) => return refusal.into_response(),
    };
    let user = typed.get("user").unwrap_or_default().trim().to_owned();
    let view = ForgottenView::new(&panel, &parts.headers, &user, "").await;
    let result = panel.client(Credential::None, address).call::<UserForgot>(UserForgotInput { user }).await;
    view.answer(&panel, "kit/forgot.html", result)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Link {
    key: String,
}

/// `GET /sign-in/reset?key=…`: the link of the letter. It changes nothing, because mail programs open links ahead.
pub async fn show_reset(
    State(panel): State<Arc<Panel>>,
    Query(link): Query<Link>,
    headers: HeaderMap,
) -> Response {
    let view = ForgottenView::new(&panel, &headers, "", &link.key).await;
    panel.page(StatusCode::OK, "kit/reset.html", &view)
}

/// `POST /sign-in/reset`
pub async fn submit_reset(State(panel): State<Arc<Panel>>, request: Request) -> Response {
    let address = session::address_of(request.extensions());
    let (parts, body) = request.into_parts();
    let typed = match posted::typed(body).await {
        Ok(typed) => typed,
        Err(refusal) => return refusal.into_response(),
    };
    let text = |name: &str| typed.get(name).unwrap_or_default().to_owned();
    let view = ForgottenView::new(&panel, &parts.headers, "", &text("key")).await;
    let input = UserResetInput { key: text("key"), password: text("password") };
    let result = panel.client(Credential::None, address).call::<UserReset>(input).await;
    view.answer(&panel, "kit/reset.html", result)
}
