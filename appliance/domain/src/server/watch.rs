//! `server watch`: waits for the next events after a cursor.

use std::time::Duration;

use rackwright_catalog::actions::server::{ServerWatch, ServerWatchInput, Watched};
use rackwright_catalog::{Fault, Handle};
use tokio::time::timeout;

use crate::{Caller, Domain};

impl Handle<ServerWatch, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: ServerWatchInput) -> Result<Watched, Fault> {
        let mut newest = self.events.follow();
        let after = input.after.unwrap_or_else(|| self.events.newest());
        let wait = Duration::from_secs(u64::from(input.wait_s.unwrap_or(20)));
        let items = timeout(wait, async {
            loop {
                let items = self.events.since(after, input.server.as_ref());
                if !items.is_empty() || newest.changed().await.is_err() {
                    return items;
                }
            }
        })
        .await
        .unwrap_or_default();
        let next = items.last().map_or(after, |event| event.id);
        Ok(Watched { items, next })
    }
}
