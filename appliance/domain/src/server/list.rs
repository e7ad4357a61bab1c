//! `server list`.

use std::collections::HashMap;

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::server::{ServerList, ServerListInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_model::job::JobState;
use rackwright_store::job::job_page;
use rackwright_store::server::{Server, server_list};

use super::view::summary;
use crate::{Caller, Domain};

impl Handle<ServerList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerListInput) -> Result<Page<ServerSummary>, Fault> {
        let (scope, state) = (caller.scope(), input.state);
        let (servers, running) = self
            .look("list servers", move |tx| {
                let servers = server_list(tx, &scope, state)?;
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
        Ok(Page::whole(servers.iter().filter(|server| is_asked_for(server, &input)).map(view).collect()))
    }
}

fn is_asked_for(server: &Server, input: &ServerListInput) -> bool {
    let place = server.place.as_ref();
    let rack = place.map(|place| &place.rack);
    let site = place.and_then(|place| place.site.as_ref());
    let is = |asked: &Option<Name>, found: Option<&Name>| asked.is_none() || asked.as_ref() == found;
    if !is(&input.rack, rack) || !is(&input.site, site) {
        return false;
    }
    let Some(search) = &input.search else { return true };
    let names = [Some(&server.name), server.profile.as_ref(), rack, site];
    let mut texts: Vec<String> = names.into_iter().flatten().map(Name::to_string).collect();
    texts.extend(server.address.map(|address| address.to_string()));
    texts.extend(server.macs.iter().map(ToString::to_string));
    let mut words = search.split_whitespace().map(str::to_lowercase);
    words.all(|word| texts.iter().any(|text| text.contains(&word)))
}
