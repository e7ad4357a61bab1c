//! Another address, other events or another secret for a webhook. What waits is sent to the new address.

use rackwright_catalog::actions::webhook::{WebhookChange, WebhookChangeInput, WebhookView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::webhook::{WebhookDraft, webhook_change};
use serde_json::json;

use super::{found, reach, url, view};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<WebhookChange, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: WebhookChangeInput) -> Result<WebhookView, Fault> {
        let (attempted, scope) = (format!("change webhook {}", input.webhook), caller.scope());
        let (phrase, id) = (attempted.clone(), input.webhook);
        let opens = self.site.webhook_networks.clone();
        let sealed = input.secret.as_deref().map(|secret| self.seal_webhook(secret));
        let row = self
            .reversible(caller, &attempted, move |tx| {
                let before = found(tx, &scope, id, &phrase)?.draft;
                let inverse = Inverse {
                    action: "webhook.change",
                    input: json!({"webhook": id, "receiver": before.url, "events": before.events}),
                    thing: Thing::Webhook(id),
                };
                if let Some(url) = &input.receiver {
                    url::check(url, &reach(tx, before.account, &opens)?, &phrase)?;
                }
                let after = WebhookDraft {
                    account: before.account,
                    url: input.receiver.unwrap_or_else(|| before.url.clone()),
                    events: if input.events.is_empty() { before.events.clone() } else { input.events },
                    secret: sealed.unwrap_or_else(|| before.secret.clone()),
                };
                // The secret before is known nowhere else.
                let reversible = after != before && after.secret == before.secret;
                webhook_change(tx, id, &after)?;
                Ok((found(tx, &scope, id, &phrase)?, reversible.then_some(inverse)))
            })
            .await?;
        Ok(view(row))
    }
}
