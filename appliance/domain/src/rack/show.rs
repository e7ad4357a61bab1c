//! `rack show`.

use std::collections::HashMap;

use rackwright_catalog::actions::rack::{OneRack, RackDetail, RackShow};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::job::job_running;
use rackwright_store::rack::placement_list;
use rackwright_store::server::server_get;

use crate::{Caller, Domain};

impl Handle<RackShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneRack) -> Result<RackDetail, Fault> {
        let attempted = format!("show rack {}", input.rack);
        let fault = attempted.clone();
        let (rack, servers, running) = self
            .look(&attempted, move |tx| {
                let rack = super::named(tx, &input.rack, &fault)?;
                let mut servers = Vec::new();
                for placed in placement_list(tx, rack.id)?.iter().rev() {
                    servers.extend(server_get(tx, placed.server)?);
                }
                let running = job_running(tx)?;
                Ok((rack, servers, running))
            })
            .await?;
        let by_server: HashMap<_, _> =
            running.iter().filter_map(|job| Some((job.server.clone()?, job))).collect();
        let servers = servers.iter().map(|server| {
            let running = by_server.get(&server.name).copied();
            crate::server::summary(server, running, &self.presence.of(server.id), &caller.actor)
        });
        Ok(RackDetail { servers: servers.collect(), rack: super::view(&rack) })
    }
}
