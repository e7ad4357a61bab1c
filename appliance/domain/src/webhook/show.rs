//! Showing a webhook.

use rackwright_catalog::actions::webhook::{OneWebhook, WebhookShow, WebhookView};
use rackwright_catalog::{Fault, Handle};

use super::{found, view};
use crate::{Caller, Domain};

impl Handle<WebhookShow, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OneWebhook { webhook }: OneWebhook,
    ) -> Result<WebhookView, Fault> {
        let (attempted, scope) = (format!("show webhook {webhook}"), caller.scope());
        let phrase = attempted.clone();
        let row = self.look(&attempted, move |tx| found(tx, &scope, webhook, &phrase)).await?;
        Ok(view(row))
    }
}
