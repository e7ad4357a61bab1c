//! The routes that every panel has.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rackwright_catalog::actions::job::{JobShow, OneJob};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_model::JobId;
use rackwright_model::job::JobState;
use serde::Serialize;
use tower_http::compression::CompressionLayer;

use crate::flash::{Ending, Status};
use crate::messages::{tell, tell_with};
use crate::panel::Panel;
use crate::session::Session;
use crate::{act, asset, brand, docs, headers, help, language, palette, refusal, sign_in, tray};

/// The pages of a tier with those of the kit, guarded and ready to serve. Paths that nobody knows get a page within the
/// shell.
pub fn finish(panel: Arc<Panel>, pages: Router<Arc<Panel>>) -> Router {
    Router::new()
        .route("/assets/{file}", get(asset::serve))
        .route("/brand.css", get(brand::sheet))
        .route("/brand/{logo}", get(brand::logo))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-in/code", get(sign_in::code::show).post(sign_in::code::submit))
        .route("/sign-in/with/{name}", get(sign_in::outside::leave))
        .route("/sign-in/return", get(sign_in::outside::come_back))
        .route("/sign-in/code/passkey", get(sign_in::passkey::ask_second))
        .route("/sign-in/passkey", get(sign_in::passkey::ask).post(sign_in::passkey::submit))
        .route("/sign-in/forgot", get(sign_in::forgotten::show).post(sign_in::forgotten::submit))
        .route("/sign-in/reset", get(sign_in::forgotten::show_reset).post(sign_in::forgotten::submit_reset))
        .route("/sign-out", post(sign_in::leave))
        .route("/act/{noun}/{verb}", get(act::show).post(act::submit))
        .route("/act/{noun}/{verb}/line", post(act::line))
        .route("/parts/job-tray", get(tray::part))
        .route("/search", get(palette::page))
        .route("/parts/passkey", get(sign_in::passkey::begin))
        .route("/parts/palette", get(palette::part))
        .route("/help", get(help::page))
        .route("/parts/help", get(help::part))
        .route("/docs", get(docs::index))
        .route("/docs/events", get(docs::events::events))
        .route("/docs/{noun}/{verb}", get(docs::action))
        .route("/language", post(language::choose))
        .route("/parts/status/{job}", get(job_status))
        .merge(pages)
        .fallback(unknown)
        .layer(from_fn(headers::status_once))
        .layer(from_fn(headers::same_origin))
        .layer(from_fn(headers::secure))
        .layer(from_fn(language::scope))
        // Assets come compressed, and the stream of events is left alone.
        .layer(CompressionLayer::new())
        .with_state(panel)
}

/// The hash of the part that the browser shows, which it sends to be spared an unchanged one.
#[must_use]
pub fn shown(headers: &HeaderMap) -> Option<&str> {
    headers.get("rackwright-digest").and_then(|value| value.to_str().ok())
}

#[derive(Serialize)]
struct StatusPart {
    now: i64,
    status: Status,
}

/// The status bar of an action that goes on as a job: Incomplete until the job ends, then what became of it.
async fn job_status(State(panel): State<Arc<Panel>>, session: Session, Path(job): Path<i64>) -> Response {
    let entry_line = format!("rackwright job show {job}");
    let detail = match session.client.call::<JobShow>(OneJob { job: JobId(job) }).await {
        Ok(detail) => detail,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let title = &detail.job.title;
    let said = |key: &str, reason: &str| {
        let percent = detail.job.progress_permille / 10;
        let values = [
            ("title", title.as_str().into()),
            ("step", detail.job.step.as_str().into()),
            ("percent", percent.into()),
            ("reason", reason.into()),
        ];
        tell_with(key, &values)
    };
    let (ending, message) = match detail.job.state {
        JobState::Running => (Ending::Incomplete, said("job-went", "")),
        JobState::Succeeded => (Ending::Successful, said("job-done", "")),
        JobState::Failed => {
            let reason = detail.job.reason.clone().unwrap_or_else(|| tell("job-failed-unknown"));
            (Ending::Failed, said("job-failed", &reason))
        }
        JobState::Cancelled => (Ending::Failed, said("job-cancelled", "")),
    };
    let status = Status {
        ending,
        message,
        advice: String::new(),
        job: Some(detail.job.id),
        line: entry_line,
        undo: None,
    };
    panel.page(
        axum::http::StatusCode::OK,
        "kit/status.html",
        &StatusPart { now: crate::panel::now().0, status },
    )
}

async fn unknown(State(panel): State<Arc<Panel>>, session: Session) -> Response {
    let page: String = session.path.chars().take(80).collect();
    let fault = Fault::new(
        FaultCode::NotFound,
        tell_with("fault-no-page-attempted", &[("page", page.into())]),
        tell("fault-no-page"),
        tell("fault-no-page-advice"),
    );
    refusal::answer(&panel, &session, fault).await.into_response()
}
