//! Beginning a job that makes an image; `reconcile::image_jobs` carries it out.

use rackwright_catalog::Fault;
use rackwright_catalog::actions::JobStarted;
use rackwright_model::{AccountId, JobId, Name};
use rackwright_store::image::image_named;
use rackwright_store::job::{JobDraft, JobKind, JobRow, job_insert, job_running};
use rackwright_store::{Connection, StoreError};
use serde::{Deserialize, Serialize};

use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal};

/// What the inputs of all jobs that make images have in common.
#[derive(Deserialize)]
struct Named {
    name: Name,
}

/// A job that makes the image `name`.
pub(super) struct Start<'a, I> {
    pub kind: JobKind,
    /// Such as "Building".
    pub doing: &'a str,
    /// Such as "build".
    pub verb: &'a str,
    pub name: Name,
    pub input: &'a I,
}

impl Domain {
    /// # Errors
    /// When an image of that name is being made already.
    pub(super) async fn start_image_job<I: Serialize>(
        &self,
        caller: &Caller,
        start: Start<'_, I>,
    ) -> Result<JobStarted, Fault> {
        let attempted = format!("{} image {}", start.verb, start.name);
        let input = serde_json::json!(start.input).to_string();
        let started_by = caller.actor.name.clone();
        let draft = JobDraft {
            kind: start.kind,
            title: attempted.clone(),
            input,
            server: None,
            account: AccountId::PROVIDER,
            started_by,
        };
        let (name, phrase, at) = (start.name.clone(), attempted.clone(), self.now());
        let (job, replaces) = self
            .change(caller, &attempted, move |tx| {
                refuse_twice(tx, &phrase, &name)?;
                Ok((job_insert(tx, &draft, at)?, image_named(tx, &name)?.is_some()))
            })
            .await?;
        self.events.job(at, &format!("Job {job} ({attempted}) began."));
        let then = if replaces { " It replaces the image of that name when it succeeds." } else { "" };
        Ok(JobStarted { job, message: format!("{} image {} is job {job}.{then}", start.doing, start.name) })
    }
}

fn refuse_twice(tx: &Connection, attempted: &str, name: &Name) -> Result<(), Refusal> {
    let Some(job) = job_making(tx, name)? else { return Ok(()) };
    let reason = format!("job {job} is making image {name} already");
    Err(conflict(attempted, reason, format!("Wait for it, or stop it with: rackwright job cancel {job}"))
        .into())
}

/// The job under way that makes the image of this name.
pub(super) fn job_making(tx: &Connection, name: &Name) -> Result<Option<JobId>, StoreError> {
    let makes =
        |job: &JobRow| serde_json::from_str::<Named>(&job.input).is_ok_and(|named| named.name == *name);
    Ok(image_jobs(tx)?.find(makes).map(|job| job.id))
}

/// Jobs under way that make images.
pub(super) fn image_jobs(tx: &Connection) -> Result<impl Iterator<Item = JobRow>, StoreError> {
    let running = job_running(tx)?;
    Ok(running.into_iter().filter(|job| matches!(job.kind, JobKind::ImageBuild | JobKind::ImageImport)))
}
