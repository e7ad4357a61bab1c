//! The head of a server's page: its state, in an icon and a word, and what goes on.

use rackwright_catalog::actions::failover::FailoverView;
use rackwright_catalog::actions::server::{InstallView, ServerDetail, ServerSummary};
use rackwright_model::Name;
use serde::Serialize;

/// What stands at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadView {
    pub server: ServerSummary,
    pub install: Option<InstallView>,
    /// What the job under way does now, and its per mille.
    pub step: Option<(String, u32)>,
    /// That of its private servers on a NAS, and the names of those that wait.
    pub failover: Option<(FailoverView, String)>,
}

impl HeadView {
    #[must_use]
    pub fn of(detail: &ServerDetail) -> Self {
        let job = detail.summary.job.and_then(|id| detail.jobs.iter().find(|job| job.id == id));
        Self {
            server: detail.summary.clone(),
            install: detail.install.clone(),
            failover: detail.failover.clone().map(|failover| {
                let names: Vec<&str> = failover.waiting.iter().map(Name::as_str).collect();
                let names = names.join(", ");
                (failover, names)
            }),
            step: job.map(|job| (job.step.clone(), job.progress_permille)),
        }
    }
}
