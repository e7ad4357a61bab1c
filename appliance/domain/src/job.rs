//! Jobs: long work, carried out by the reconcilers.

mod cancel;
mod list;
mod show;

use rackwright_catalog::actions::job::JobView;
use rackwright_store::job::JobRow;

/// What a person sees of a job.
pub(crate) fn view(job: JobRow) -> JobView {
    JobView {
        id: job.id,
        title: job.title,
        state: job.state,
        step: job.step,
        progress_permille: job.progress_permille,
        server: job.server,
        started_by: job.started_by,
        started_at: job.started_at,
        ended_at: job.ended_at,
        reason: job.reason,
    }
}
