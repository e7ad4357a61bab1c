//! `server list`.

use std::collections::HashMap;

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::server::{ServerList, ServerListInput, ServerSummary};
use rackwright_catalog::{Fault, Handle, Permission};
use rackwright_model::Order;
use rackwright_store::job::job_running_on;
use rackwright_store::server::{ServerChoice, server_page};

use super::view::summary;
use crate::paging::Paging;
use crate::{Caller, Domain, account};

impl Handle<ServerList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerListInput) -> Result<Page<ServerSummary>, Fault> {
        let (attempted, scope) = ("list servers", caller.scope());
        let no_racks = !caller.actor.may(Permission::Inspect);
        let (sort, order) = (input.sort.unwrap_or_default(), input.order.unwrap_or(Order::Ascending));
        let after = input.after.as_deref();
        let paging = Paging::of("server.list", sort.word(), order, after, input.limit, attempted)?;
        let ask = paging.ask.clone();
        let (slice, running) = self
            .look(attempted, move |tx| {
                let only = input.account.as_ref().map(|name| account::named(tx, &scope, name, attempted));
                let choice = ServerChoice {
                    state: input.state,
                    rack: input.rack,
                    site: input.site,
                    account: only.transpose()?.map(|account| account.id),
                    search: input.search,
                    no_racks,
                };
                let slice = server_page(tx, &scope, &choice, sort, &ask)?;
                let ids: Vec<_> = slice.rows.iter().map(|server| server.id).collect();
                Ok((slice, job_running_on(tx, &scope, &ids)?))
            })
            .await?;
        let by_server: HashMap<_, _> =
            running.iter().filter_map(|job| Some((job.server.clone()?, job))).collect();
        Ok(paging.page(slice, |server| {
            let running = by_server.get(&server.name).copied();
            summary(&server, running, &self.presence.of(server.id), &caller.actor)
        }))
    }
}
