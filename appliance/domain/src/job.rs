//! Jobs: long work, carried out by the reconcilers.

mod cancel;
mod list;
mod show;

use rackwright_catalog::actions::job::JobView;
use rackwright_model::Scope;
use rackwright_store::job::JobRow;

/// What somebody who may touch these accounts sees of a job: of people elsewhere, not even the name.
pub(crate) fn view(scope: &Scope, job: JobRow) -> JobView {
    let known = scope.is_everything() || job.starter_path.as_ref().is_some_and(|path| scope.covers(path));
    JobView {
        id: job.id,
        title: job.title,
        state: job.state,
        step: job.step,
        progress_permille: job.progress_permille,
        server: job.server,
        started_by: if known { job.started_by } else { "somebody else".to_owned() },
        started_at: job.started_at,
        ended_at: job.ended_at,
        reason: job.reason,
    }
}
