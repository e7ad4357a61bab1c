//! Removing a webhook.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::webhook::{OneWebhook, WebhookRemove};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::webhook::webhook_delete;

use super::found;
use crate::{Caller, Domain};

impl Handle<WebhookRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneWebhook { webhook }: OneWebhook) -> Result<Done, Fault> {
        let (attempted, scope) = (format!("remove webhook {webhook}"), caller.scope());
        let phrase = attempted.clone();
        self.change(caller, &attempted, move |tx| {
            found(tx, &scope, webhook, &phrase)?;
            Ok(webhook_delete(tx, webhook)?)
        })
        .await?;
        Ok(Done::new(format!("Webhook {webhook} is removed.")))
    }
}
