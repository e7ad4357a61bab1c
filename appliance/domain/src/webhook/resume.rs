//! Sending to a paused webhook again.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::webhook::{OneWebhook, WebhookResume};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::webhook::webhook_resume;

use super::found;
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<WebhookResume, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneWebhook { webhook }: OneWebhook) -> Result<Done, Fault> {
        let (attempted, scope, at) = (format!("resume webhook {webhook}"), caller.scope(), self.now());
        let phrase = attempted.clone();
        let waiting = self
            .change(caller, &attempted, move |tx| {
                let row = found(tx, &scope, webhook, &phrase)?;
                if row.paused_at.is_none() {
                    let advice = format!("Look at it with: rackwright webhook show {webhook}");
                    return Err(conflict(phrase, "it is not paused", advice).into());
                }
                webhook_resume(tx, webhook, at)?;
                Ok(row.waiting)
            })
            .await?;
        let events = if waiting == 1 { "1 event waits" } else { &format!("{waiting} events wait") };
        Ok(Done::new(format!("Webhook {webhook} is told again what happens; {events} for it.")))
    }
}
