//! One job with its log.

use rackwright_catalog::actions::job::{JobDetail, JobLine, JobShow, OneJob};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::{JobLineRow, job_lines, job_within};

use super::view;
use crate::refusal::not_found;
use crate::{Caller, Domain};

/// Lines shown of a log.
const LINES: i64 = 500;

impl Handle<JobShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneJob { job }: OneJob) -> Result<JobDetail, Fault> {
        let attempted = format!("show job {job}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        let (row, lines) = self
            .look(&attempted, move |tx| {
                let row = job_within(tx, &scope, job)?.ok_or_else(|| not_found(phrase, "job", &job))?;
                Ok((row, job_lines(tx, job, LINES)?))
            })
            .await?;
        Ok(JobDetail { job: view(&caller.actor.scope, row), log: lines.into_iter().map(line).collect() })
    }
}

fn line(row: JobLineRow) -> JobLine {
    JobLine { at: row.at, text: row.text }
}
