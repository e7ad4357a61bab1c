//! Listing jobs.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::job::{JobList, JobListInput, JobView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::job_page;
use rackwright_store::server::server_named;

use super::view;
use crate::refusal::not_found;
use crate::{Caller, Domain, paging};

impl Handle<JobList, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: JobListInput) -> Result<Page<JobView>, Fault> {
        let attempted = "list jobs";
        let before = paging::cursor(input.after.as_deref(), attempted)?;
        let rows = self
            .look(attempted, move |tx| {
                if let Some(server) = &input.server {
                    server_named(tx, server)?.ok_or_else(|| not_found(attempted, "server", server))?;
                }
                Ok(job_page(tx, input.state, input.server.as_ref(), before, paging::READ)?)
            })
            .await?;
        Ok(paging::page(rows, |row| row.id.0, view))
    }
}
