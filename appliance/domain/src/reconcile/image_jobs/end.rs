//! How a job that makes an image ends: the image and the end of the job are one transaction.

use std::time::Duration;

use rackwright_catalog::event::JOB_ENDED;
use rackwright_images::Manifest;
use rackwright_model::ImageId;
use rackwright_model::job::JobState;
use rackwright_store::image::{ImageRow, image_put};
use rackwright_store::job::{JobRow, job_end, job_log};
use rackwright_store::{Connection, StoreError};
use serde_json::json;

use super::Made;
use crate::Domain;
use crate::publish::happened;
use crate::refusal::chain;

/// How often the end is tried again when the database takes nothing, as with a full disk.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

pub(super) async fn succeeded(domain: &Domain, job: &JobRow, made: Made) {
    match made {
        Made::Image(manifest) => record(domain, job, *manifest).await,
        Made::Environment(sentence) => {
            end(domain, job, JobState::Succeeded, None, move |_| Ok(sentence.clone())).await;
        }
    }
}

async fn record(domain: &Domain, job: &JobRow, manifest: Manifest) {
    let image = ImageRow {
        id: ImageId(0),
        name: manifest.name,
        os: manifest.os,
        arch: manifest.arch,
        format: manifest.format,
        purpose: manifest.purpose,
        sha256: manifest.sha256,
        bytes: manifest.bytes,
        unpacked_bytes: manifest.unpacked_bytes,
        added_at: domain.now(),
        verified_at: None,
        broken: None,
    };
    end(domain, job, JobState::Succeeded, None, move |tx| {
        image_put(tx, &image)?;
        Ok(format!("image {} is in the repository with the SHA-256 {}", image.name, image.sha256))
    })
    .await;
}

pub(super) async fn failed(domain: &Domain, job: &JobRow, reason: &str) {
    let line = reason.to_owned();
    end(domain, job, JobState::Failed, Some(reason), move |_| Ok(line.clone())).await;
}

pub(super) async fn cancelled(domain: &Domain, job: &JobRow) {
    let reason = "cancelled by an operator";
    end(domain, job, JobState::Cancelled, Some(reason), move |_| Ok(reason.to_owned())).await;
}

/// Written until it holds: a job that did not end would be carried out again.
async fn end(
    domain: &Domain,
    job: &JobRow,
    state: JobState,
    reason: Option<&str>,
    work: impl Fn(&Connection) -> Result<String, StoreError> + Clone + Send + 'static,
) {
    loop {
        let (id, at, reason, work) = (job.id, domain.now(), reason.map(str::to_owned), work.clone());
        let (account, object) = (job.account, json!({"job": id, "title": job.title, "state": state}));
        let written = domain.write(move |tx| {
            job_log(tx, id, at, &work(tx)?)?;
            job_end(tx, id, state, reason.as_deref(), at)?;
            happened(tx, at, JOB_ENDED, account, object, reason.as_deref())
        });
        match written.await {
            Ok(()) => break,
            Err(error) => {
                tracing::warn!(job.id = %id, "the end of a job could not be written down and is tried again: {}", chain(&error));
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
    domain.events.job(domain.now(), &format!("Job {} ({}) {}.", job.id, job.title, state.word()));
    domain.changed.notify_waiters();
}
