//! Listing jobs.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::job::{JobList, JobListInput, JobView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::job::job_page;

use super::view;
use crate::paging::Paging;
use crate::{Caller, Domain, server};

impl Handle<JobList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: JobListInput) -> Result<Page<JobView>, Fault> {
        let attempted = "list jobs";
        let order = input.order.unwrap_or(Order::Descending);
        let paging = Paging::of("job.list", "id", order, input.after.as_deref(), input.limit, attempted)?;
        let ask = paging.ask.clone();
        let scope = caller.scope();
        let slice = self
            .look(attempted, move |tx| {
                if let Some(server) = &input.server {
                    server::named(tx, &scope, server, attempted)?;
                }
                Ok(job_page(tx, &scope, input.state, input.server.as_ref(), &ask)?)
            })
            .await?;
        Ok(paging.page(slice, |job| view(&caller.actor.scope, job)))
    }
}
