//! `server list`.

use std::collections::HashMap;

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::server::{ServerList, ServerListInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::job::JobState;
use rackwright_store::job::job_page;
use rackwright_store::server::{Server, server_list};

use super::view::summary;
use crate::{Caller, Domain};

impl Handle<ServerList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerListInput) -> Result<Page<ServerSummary>, Fault> {
        let scope = caller.scope();
        let (servers, running) = self
            .look("list servers", move |tx| {
                let servers = server_list(tx, &scope, input.state, input.search.as_deref())?;
                let running = job_page(tx, &scope, Some(JobState::Running), None, None, i64::MAX)?;
                Ok((servers, running))
            })
            .await?;
        let by_server: HashMap<_, _> =
            running.iter().filter_map(|job| Some((job.server.clone()?, job))).collect();
        let view = |server: &Server| {
            let running = by_server.get(&server.name).copied();
            summary(server, running, &self.presence.of(server.id))
        };
        Ok(Page::whole(servers.iter().map(view).collect()))
    }
}
