//! `/jobs` and `/jobs/{job}`

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::job::{JobDetail, JobListInput, JobShow, OneJob};
use rackwright_catalog::entry;
use rackwright_client::cli_line;
use rackwright_model::JobId;
use rackwright_model::job::JobState;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, Shell, refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Filter, Listing, none};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    state: String,
    server: String,
    after: String,
}

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let after = Some(choice.after).filter(|after| !after.is_empty());
    let input = JobListInput {
        state: JobState::from_word(&choice.state),
        server: choice.server.parse().ok(),
        after,
        ..JobListInput::default()
    };
    let listing = Listing {
        action: "job.list",
        input: json!(input),
        topic: "jobs",
        icon: "list-check",
        buttons: |_| Vec::new(),
        row_buttons: none,
    };
    let filters = vec![
        Filter {
            name: "state",
            label: tell("filter-state"),
            value: choice.state,
            words: JobState::ALL.map(|state| state.word().to_owned()).to_vec(),
        },
        Filter { name: "server", label: tell("filter-server"), value: choice.server, words: Vec::new() },
    ];
    super::list(&panel, &session, &headers, listing, filters).await
}

/// A job with its log.
#[derive(Debug, Clone, Serialize)]
pub struct JobPage {
    job: Live<JobDetail>,
}

#[derive(Serialize)]
struct JobPart {
    now: i64,
    job: Live<JobDetail>,
}

async fn job(session: &Session, id: i64) -> Result<Live<JobDetail>, rackwright_catalog::Fault> {
    Ok(Live::new(session.client.call::<JobShow>(OneJob { job: JobId(id) }).await?))
}

pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let (shell, job) = match tokio::try_join!(Shell::around(&panel, &session, &headers), job(&session, id)) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let running = job.view.job.state == JobState::Running;
    let cancel =
        Button::of(&shell.who, "job.cancel", "player-stop", json!({ "job": id })).filter(|_| running);
    let heading = Heading {
        title: job.view.job.title.clone(),
        crumbs: vec![
            Crumb::new(tell("menu-jobs"), "/jobs"),
            Crumb::new(tell_with("job-title", &[("id", id.into())]), ""),
        ],
        help: tell("page-job"),
        buttons: cancel.into_iter().collect(),
        lines: entry("job.show").map(|entry| cli_line(entry, &json!({ "job": id }))).into_iter().collect(),
    };
    panel.page(StatusCode::OK, "job.html", &shell.page(heading, JobPage { job }))
}

pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    match job(&session, id).await {
        Ok(job) => {
            let digest = job.digest.clone();
            panel.part(shown(&headers), &digest, "parts/job.html", &JobPart { now: now().0, job })
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}
