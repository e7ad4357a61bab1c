//! Asking a job to stop. Whoever carries it out stops it as soon as that is safe.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::job::{JobCancel, OneJob};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::{job_ask_cancel, job_within};

use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain};

impl Handle<JobCancel, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneJob { job }: OneJob) -> Result<Done, Fault> {
        let attempted = format!("cancel job {job}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        self.change(caller, &attempted, move |tx| {
            let row = job_within(tx, &scope, job)?.ok_or_else(|| not_found(&phrase, "job", &job))?;
            if job_ask_cancel(tx, job)? {
                return Ok(());
            }
            let reason = format!("it has ended already: {}", row.state.word());
            Err(conflict(phrase, reason, format!("See what came of it with: rackwright job show {job}"))
                .into())
        })
        .await?;
        Ok(Done::new(format!("Job {job} is being cancelled.")))
    }
}
