//! What keeps the Control Center from its work, above the wall and on the page of its health.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::actions::system::{SystemStatus, SystemView};
use rackwright_panel_kit::panel::Live;
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Button, Panel, Session, refusal};
use serde::Serialize;
use serde_json::json;

/// The banners; none when all is well.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarningsView {
    storage: Option<String>,
    missing: Vec<MissingView>,
}

/// Something that is not set up yet, with the button that mends it.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct MissingView {
    problem: String,
    advice: String,
    button: Option<Button>,
}

#[derive(Serialize)]
struct WarningsPart {
    warnings: Live<WarningsView>,
}

impl WarningsView {
    /// The banners of a status, with buttons for what the role grants.
    #[must_use]
    pub fn of(who: &SessionView, status: &SystemView) -> Live<Self> {
        let missing = status.warnings.iter().map(|warning| MissingView {
            problem: warning.problem.clone(),
            advice: warning.advice.clone(),
            button: warning.action.as_ref().and_then(|action| Button::of(who, action, "plus", json!({}))),
        });
        Live::new(Self { storage: status.storage_problem.clone(), missing: missing.collect() })
    }
}

/// The status, or none: one that cannot be had, or that the person may not see, is no reason to refuse a page of something
/// else.
pub async fn status(session: &Session) -> Result<Option<SystemView>, Fault> {
    Ok(session.client.call::<SystemStatus>(Nothing {}).await.ok())
}

/// `GET /parts/warnings`
pub async fn part(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    match tokio::try_join!(who(&session), session.client.call::<SystemStatus>(Nothing {})) {
        Ok((who, status)) => {
            let warnings = WarningsView::of(&who, &status);
            let digest = warnings.digest.clone();
            panel.part(shown(&headers), &digest, "parts/warnings.html", &WarningsPart { warnings })
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}
