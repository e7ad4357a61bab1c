//! Long work.

use rackwright_model::job::JobState;
use rackwright_model::{JobId, Millis, Name, Order};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JobListInput {
    pub state: Option<JobState>,
    /// Only jobs of this server.
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Option<Name>,
    /// Descending, newest first, when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneJob {
    #[schemars(extend("x-from" = "job.list"))]
    pub job: JobId,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobView {
    pub id: JobId,
    /// What it does, such as "install r1-u07 with debian-12".
    #[schemars(extend("x-sentence" = true))]
    pub title: String,
    pub state: JobState,
    /// What it does now; where it stopped when it did not succeed, nothing when it did.
    #[schemars(extend("x-sentence" = true))]
    pub step: String,
    pub progress_permille: u32,
    pub server: Option<Name>,
    pub started_by: String,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    /// Why it failed, and what to do.
    #[schemars(extend("x-sentence" = true))]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobDetail {
    pub job: JobView,
    /// Oldest first; at most the last 500 lines.
    pub log: Vec<JobLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobLine {
    pub at: Millis,
    #[schemars(extend("x-sentence" = true))]
    pub text: String,
}

impl JobView {
    pub(crate) fn sample() -> Self {
        Self {
            id: JobId(7),
            title: "install r1-u07 with debian-12".into(),
            state: JobState::Succeeded,
            step: String::new(),
            progress_permille: 1000,
            server: Some(sample_name("r1-u07")),
            started_by: "admin".into(),
            started_at: Millis(1_764_000_000_000),
            ended_at: Some(Millis(1_764_000_140_000)),
            reason: None,
        }
    }
}

action! {
    JobList, "job.list", "List", "List jobs, newest first.", Look, Read,
    JobListInput => Page<JobView>, columns ["id", "title", "state", "step", "progress_permille", "started_at", "reason"];
    JobListInput::default();
    Page { items: vec![JobView::sample()], next: Some("6".into()) }
}

action! {
    JobShow, "job.show", "Show", "Show one job with its log.", Look, Read,
    OneJob => JobDetail, main "job";
    OneJob { job: JobId(7) };
    JobDetail {
        job: JobView::sample(),
        log: vec![JobLine { at: Millis(1_764_000_000_000), text: "image debian-12 agrees with its SHA-256".into() }],
    }
}

action! {
    JobCancel, "job.cancel", "Cancel", "Stop a job as soon as that is safe.", Operate, Change,
    OneJob => Done, main "job";
    OneJob { job: JobId(7) };
    Done::new("Job 7 is being cancelled.")
}
