//! Listing jobs.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::job::{JobList, JobListInput, JobView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::job_page;

use super::view;
use crate::{Caller, Domain, paging, server};

impl Handle<JobList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: JobListInput) -> Result<Page<JobView>, Fault> {
        let attempted = "list jobs";
        let before = paging::cursor(input.after.as_deref(), attempted)?;
        let scope = caller.scope();
        let rows = self
            .look(attempted, move |tx| {
                if let Some(server) = &input.server {
                    server::named(tx, &scope, server, attempted)?;
                }
                Ok(job_page(tx, &scope, input.state, input.server.as_ref(), before, paging::READ)?)
            })
            .await?;
        Ok(paging::page(rows, |row| row.id.0, view))
    }
}
