//! `server watch`: waits for the next events after a cursor. Of a server that is not there, what is left of it is told
//! first; then that there is none.

use std::time::Duration;

use rackwright_catalog::actions::server::{ServerEventView, ServerWatch, ServerWatchInput, Watched};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_store::server::server_names;
use tokio::time::timeout;

use crate::caller::Actor;
use crate::events::Event;
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
        // The first look is not cut short by a wait of nothing.
        let mut seen = self.since(&caller.actor, after, input.server.as_ref()).await?;
        let waited = timeout(wait, async {
            while seen.items.is_empty() && newest.changed().await.is_ok() {
                seen = self.since(&caller.actor, seen.next, input.server.as_ref()).await?;
            }
            Ok(())
        });
        waited.await.unwrap_or(Ok(()))?;
        Ok(seen)
    }
}

impl Domain {
    /// Events after a cursor that the actor may see, and the cursor after all that were looked at.
    async fn since(&self, actor: &Actor, after: i64, server: Option<&Name>) -> Result<Watched, Fault> {
        let newest = self.events.newest();
        let items = self.seen(actor, after, server).await?;
        let next = items.last().map_or(after, |event| event.id).max(newest);
        Ok(Watched { items, next })
    }

    /// Events that the actor may see: those of servers and private servers in its scope, and of the Control Center for those
    /// who look after it. On which server a private server stands, only those are told who may see that server.
    async fn seen(
        &self,
        actor: &Actor,
        after: i64,
        server: Option<&Name>,
    ) -> Result<Vec<ServerEventView>, Fault> {
        let events = self.events.since(after, server);
        if actor.scope.is_everything() || events.is_empty() {
            return Ok(events.into_iter().map(|event| event.view).collect());
        }
        let scope = actor.scope.clone();
        let names = self.look("watch servers", move |tx| Ok(server_names(tx, &scope)?)).await?;
        let mut items = Vec::new();
        for Event { mut view, owner } in events {
            view.server.take_if(|name| !names.contains(name));
            let own = match owner {
                Some(path) => actor.scope.covers(&path) && (server.is_none() || view.server.is_some()),
                None => view.server.is_some(),
            };
            if own {
                items.push(view);
            }
        }
        Ok(items)
    }
}
