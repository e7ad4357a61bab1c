//! Jobs that make images and provisioning environments: one at a time, oldest first. A job that was under way when the
//! process ended begins anew; what it had made so far is thrown away.

mod build;
mod desk;
mod end;
mod environment;
mod import;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use rackwright_images::{Manifest, Watch};
use rackwright_model::JobId;
use rackwright_store::job::{JobKind, JobRow, job_running};
use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::refusal::chain;
use crate::{Domain, Refusal};
use desk::Desk;

/// How often jobs are looked for when nobody says that there is one.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How often progress is written down and a wish to cancel is looked for.
const REPORT_EVERY: Duration = Duration::from_millis(500);
/// How long work may take to stop once it was told to.
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// What a job has made.
enum Made {
    /// Its file is in the repository.
    Image(Box<Manifest>),
    /// Its files are among the boot files, as this sentence says.
    Environment(String),
}

/// What was made, or why nothing was, in sentences.
type Outcome = Result<Made, String>;

/// Carry out the jobs that make images until the process ends.
pub async fn run(domain: Arc<Domain>) {
    domain.sweep_images().await;
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        match next(&domain).await {
            Ok(Some(job)) => {
                carry_out(&domain, job).await;
                domain.sweep_images().await;
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!("jobs of images could not be read: {}", chain(&error)),
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

/// The oldest job to carry out.
async fn next(domain: &Domain) -> Result<Option<JobRow>, Refusal> {
    let jobs = wanted(domain, None).await?;
    Ok(jobs.into_iter().next_back())
}

/// Running jobs of this kind, newest first, after those that nobody wants any more have ended. The one that is
/// `at_work` is left to whoever does the work.
async fn wanted(domain: &Domain, at_work: Option<JobId>) -> Result<Vec<JobRow>, Refusal> {
    let mut jobs = domain.read(|tx| Ok(job_running(tx)?)).await?;
    jobs.retain(|job| match job.kind {
        JobKind::ImageBuild | JobKind::ImageImport | JobKind::EnvironmentBuild => true,
        JobKind::Install | JobKind::Move | JobKind::Vault => false,
    });
    let (unwanted, wanted): (Vec<JobRow>, Vec<JobRow>) = jobs.into_iter().partition(|job| job.cancel_asked);
    for job in unwanted.iter().filter(|job| Some(job.id) != at_work) {
        end::cancelled(domain, job).await;
    }
    Ok(wanted)
}

async fn carry_out(domain: &Arc<Domain>, job: JobRow) {
    let desk = Arc::new(Desk::default());
    // The daemon may drop this in the middle when it ends; the work must not keep it from ending.
    let _stopping = desk.stop_on_drop();
    let work = begin(domain, &job, &desk);
    let outcome = attend(domain, &job, &desk, work).await;
    desk.report(domain, job.id).await;
    match outcome {
        Ok(made) => end::succeeded(domain, &job, made).await,
        Err(_) if desk.is_stopped() => end::cancelled(domain, &job).await,
        Err(reason) => end::failed(domain, &job, &reason).await,
    }
}

fn begin(domain: &Arc<Domain>, job: &JobRow, desk: &Arc<Desk>) -> JoinHandle<Outcome> {
    let (domain, desk, input) = (Arc::clone(domain), Arc::clone(desk), job.input.clone());
    let kind = job.kind;
    tokio::task::spawn_blocking(move || {
        let (report, stop) = (|progress| desk.progress(progress), || desk.is_stopped());
        let watch = Watch::new(&report, &stop);
        match kind {
            JobKind::ImageBuild => build::make(&domain.site, &input, watch),
            JobKind::ImageImport => import::make(&domain.site, &input, watch),
            JobKind::EnvironmentBuild => environment::make(&domain.site, &input, watch),
            JobKind::Install | JobKind::Move | JobKind::Vault => Err("it makes no image.".to_owned()),
        }
    })
}

/// What the job was to do, as it was written down when the job began.
fn order<I: DeserializeOwned>(input: &str) -> Result<I, String> {
    serde_json::from_str(input)
        .map_err(|error| format!("this version cannot read what the job was to do: {error}."))
}

/// Why work failed, with its causes. The last lines of a program's output may be part of it, so what they mean comes first
/// where that is known.
fn sentence(error: &dyn Error) -> String {
    let told = chain(error);
    if told.contains("Temporary failure resolving") {
        return format!(
            "this machine finds no address for the names of its package sources; see to its name servers, or tell apt of a \
             proxy: {told}."
        );
    }
    format!("{told}.")
}

/// Wait for the work to end, writing down what it says and telling it when it is not wanted any more.
async fn attend(domain: &Domain, job: &JobRow, desk: &Desk, mut work: JoinHandle<Outcome>) -> Outcome {
    let mut stop_by: Option<Instant> = None;
    loop {
        tokio::select! {
            ended = &mut work => return ended.unwrap_or_else(|error| Err(format!("the work broke off: {error}."))),
            () = sleep(REPORT_EVERY) => {}
        }
        desk.report(domain, job.id).await;
        // A failed look is no wish to cancel.
        let is_wanted = wanted(domain, Some(job.id))
            .await
            .map_or(true, |jobs| jobs.iter().any(|other| other.id == job.id));
        if stop_by.is_none() && !is_wanted {
            desk.stop();
            stop_by = Some(Instant::now() + STOP_WITHIN);
        }
        if stop_by.is_some_and(|by| Instant::now() >= by) {
            return Err(format!("the work did not stop within {} s.", STOP_WITHIN.as_secs()));
        }
    }
}
