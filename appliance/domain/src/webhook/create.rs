//! Making a webhook.

use rackwright_catalog::actions::webhook::{WebhookCreate, WebhookCreateInput, WebhookCreated};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::webhook::{WebhookDraft, webhook_count, webhook_insert};

use super::{reach, url};
use crate::refusal::conflict;
use crate::{Caller, Domain, account, secret};

/// Webhooks of one account: each costs a row for every event.
const MOST: u32 = 20;

impl Handle<WebhookCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: WebhookCreateInput) -> Result<WebhookCreated, Fault> {
        let (attempted, actor, at) = ("create a webhook", caller.actor.clone(), self.now());
        let secret = input.secret.unwrap_or_else(|| secret::credential(&*self.ports.chance, "rwh"));
        let sealed = self.seal_webhook(&secret);
        let opens = self.site.webhook_networks.clone();
        let webhook = self
            .change(caller, attempted, move |tx| {
                let account = account::chosen(tx, &actor, input.account.as_ref(), attempted)?;
                url::check(&input.receiver, &reach(tx, account.id, &opens)?, attempted)?;
                if webhook_count(tx, account.id)? >= MOST {
                    let reason = format!("{} has {MOST} webhooks, and may not have more", account.name);
                    let advice = "Remove one that is not needed: rackwright webhook list";
                    return Err(conflict(attempted, reason, advice).into());
                }
                let events = if input.events.is_empty() { vec!["*".to_owned()] } else { input.events };
                let draft = WebhookDraft { account: account.id, url: input.receiver, events, secret: sealed };
                Ok(webhook_insert(tx, &draft, at)?)
            })
            .await?;
        Ok(WebhookCreated { webhook, secret })
    }
}
