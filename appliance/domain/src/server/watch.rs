//! `server watch`: waits for the next events after a cursor. Of a server that is not there, what is left of it is told
//! first; then that there is none.

use std::time::Duration;

use rackwright_catalog::actions::server::{ServerEventView, ServerWatch, ServerWatchInput, Watched};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_store::server::server_names;
use tokio::time::timeout;

use crate::caller::Actor;
use crate::{Caller, Domain};

impl Handle<ServerWatch, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerWatchInput) -> Result<Watched, Fault> {
        let mut newest = self.events.follow();
        let after = input.after.unwrap_or_else(|| self.events.newest());
        if let Some(name) = input.server.clone()
            && self.seen(&caller.actor, after, Some(&name)).await?.is_empty()
        {
            let attempted = format!("watch server {name}");
            let (scope, phrase) = (caller.scope(), attempted.clone());
            self.look(&attempted, move |tx| super::named(tx, &scope, &name, &phrase).map(drop)).await?;
        }
        let wait = Duration::from_secs(u64::from(input.wait_s.unwrap_or(20)));
        // What has happened already is told without waiting, however long the look takes.
        let mut items = self.seen(&caller.actor, after, input.server.as_ref()).await?;
        if items.is_empty() {
            items = timeout(wait, async {
                loop {
                    let items = self.seen(&caller.actor, after, input.server.as_ref()).await?;
                    if !items.is_empty() || newest.changed().await.is_err() {
                        return Ok(items);
                    }
                }
            })
            .await
            .unwrap_or_else(|_| Ok(Vec::new()))?;
        }
        let next = items.last().map_or(after, |event| event.id);
        Ok(Watched { items, next })
    }
}

impl Domain {
    /// Events that the actor may see: those of servers in its scope, and of the Control Center for those who look after it.
    async fn seen(
        &self,
        actor: &Actor,
        after: i64,
        server: Option<&Name>,
    ) -> Result<Vec<ServerEventView>, Fault> {
        let mut items = self.events.since(after, server);
        if actor.scope.is_everything() || items.is_empty() {
            return Ok(items);
        }
        let scope = actor.scope.clone();
        let names = self.look("watch servers", move |tx| Ok(server_names(tx, &scope)?)).await?;
        items.retain(|event| event.server.as_ref().is_some_and(|name| names.contains(name)));
        Ok(items)
    }
}
