//! `environment build`, as a job; `reconcile::image_jobs` carries it out.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::environment::{EnvironmentBuild, EnvironmentBuildInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::AccountId;
use rackwright_store::job::{JobDraft, JobKind, job_insert, job_running};

use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<EnvironmentBuild, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: EnvironmentBuildInput) -> Result<JobStarted, Fault> {
        let attempted = format!("build the provisioning environment with the {} kernel", input.kernel.word());
        let draft = JobDraft {
            kind: JobKind::EnvironmentBuild,
            title: attempted.clone(),
            input: serde_json::json!(input).to_string(),
            server: None,
            account: AccountId::PROVIDER,
            started_by: caller.actor.name.clone(),
        };
        let (phrase, at) = (attempted.clone(), self.now());
        let job = self
            .change(caller, &attempted, move |tx| {
                let running = job_running(tx)?;
                if let Some(other) =
                    running.iter().find(|job| job.kind == draft.kind && job.input == draft.input)
                {
                    let advice = format!("Wait for it, or stop it with: rackwright job cancel {}", other.id);
                    return Err(conflict(
                        &phrase,
                        format!("job {} is building it already", other.id),
                        advice,
                    )
                    .into());
                }
                Ok(job_insert(tx, &draft, at)?)
            })
            .await?;
        self.events.job(at, &format!("Job {job} ({attempted}) began."));
        let kernel = input.kernel.word();
        Ok(JobStarted {
            job,
            message: format!("Building the provisioning environment with the {kernel} kernel is job {job}."),
        })
    }
}
