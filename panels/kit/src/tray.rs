//! The job tray in the corner of every page: what is under way and what has just ended.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::actions::job::{JobList, JobListInput, JobView};
use rackwright_model::Millis;
use rackwright_model::job::JobState;
use serde::Serialize;

use crate::panel::{self, Live, Panel};
use crate::routes::shown;
use crate::session::Session;

/// How long a job that has ended stays in the tray, in milliseconds.
const LINGERS_MS: i64 = 60_000;
/// Jobs that are shown; the others are counted.
const SHOWN: usize = 8;

/// The jobs of the tray.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tray {
    /// Newest first.
    pub jobs: Vec<JobView>,
    pub running: usize,
    /// Running jobs that are not among `jobs`.
    pub more: usize,
    /// Mean progress of what runs, in per mille.
    pub permille: u32,
}

impl Tray {
    fn of(running: Vec<JobView>, latest: Vec<JobView>, now: Millis) -> Self {
        let count = running.len();
        let total: u64 = running.iter().map(|job| u64::from(job.progress_permille)).sum();
        let mean = total / u64::try_from(count.max(1)).unwrap_or(1);
        let just_ended =
            latest.into_iter().filter(|job| job.ended_at.is_some_and(|at| now.since(at) < LINGERS_MS));
        let mut jobs: Vec<JobView> = running.into_iter().take(SHOWN).chain(just_ended).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.id.0));
        let more = count.saturating_sub(SHOWN);
        Self { jobs, running: count, more, permille: u32::try_from(mean).unwrap_or(1_000) }
    }
}

/// The tray is no reason to refuse a page: when the jobs cannot be had, it is empty.
pub async fn tray(session: &Session) -> Live<Tray> {
    let running = JobListInput { state: Some(JobState::Running), ..JobListInput::default() };
    let (running, latest) = tokio::join!(
        session.client.call::<JobList>(running),
        session.client.call::<JobList>(JobListInput::default())
    );
    let items = |page: Result<rackwright_catalog::actions::Page<JobView>, _>| {
        page.map(|page| page.items).unwrap_or_default()
    };
    Live::new(Tray::of(items(running), items(latest), panel::now()))
}

#[derive(Serialize)]
struct TrayPart {
    now: i64,
    tray: Live<Tray>,
}

/// `GET /parts/job-tray`
pub async fn part(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let tray = tray(&session).await;
    let digest = tray.digest.clone();
    panel.part(shown(&headers), &digest, "kit/job-tray.html", &TrayPart { now: panel::now().0, tray })
}

#[cfg(test)]
mod tests {
    use rackwright_model::JobId;

    use super::*;

    fn job(id: i64, permille: u32, ended_at: Option<i64>) -> JobView {
        JobView {
            id: JobId(id),
            title: format!("job {id}"),
            state: if ended_at.is_some() { JobState::Succeeded } else { JobState::Running },
            step: String::new(),
            progress_permille: permille,
            server: None,
            started_by: "ann".into(),
            started_at: Millis(0),
            ended_at: ended_at.map(Millis),
            reason: None,
        }
    }

    #[test]
    fn what_has_just_ended_lingers_and_many_are_counted() {
        let latest = vec![job(4, 1_000, Some(1)), job(3, 1_000, Some(50_000)), job(2, 300, None)];
        let tray = Tray::of(vec![job(2, 300, None)], latest, Millis(70_000));
        let ids: Vec<i64> = tray.jobs.iter().map(|job| job.id.0).collect();
        assert_eq!((ids, tray.running, tray.more, tray.permille), (vec![3, 2], 1, 0, 300));
        let many = Tray::of((0..10).map(|id| job(id, 500, None)).collect(), Vec::new(), Millis(0));
        assert_eq!((many.jobs.len(), many.running, many.more), (8, 10, 2));
    }
}
