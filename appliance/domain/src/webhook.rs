//! Webhooks: addresses that are told what happens in an account and below it.

mod change;
mod create;
mod list;
mod remove;
mod resume;
mod show;
mod test;
mod url;

use rackwright_catalog::Fault;
use rackwright_catalog::actions::webhook::{WebhookState, WebhookView};
use rackwright_model::{AccountId, DeliveryId, Millis, Scope, WebhookId};
use rackwright_store::Connection;
use rackwright_store::network::network_list;
use rackwright_store::webhook::{Webhook, webhook_within};
use serde_json::{Value, json};

use crate::ports::Parcel;
use crate::reach::Reach;
use crate::refusal::not_found;
use crate::secret::signature;
use crate::{Domain, Refusal};

/// What a sealed secret is bound to.
const PURPOSE: &str = "webhook secret";

/// The webhook with this id, or the fault that there is none.
fn found(tx: &Connection, scope: &Scope, id: WebhookId, attempted: &str) -> Result<Webhook, Refusal> {
    webhook_within(tx, scope, id)?.ok_or_else(|| not_found(attempted, "webhook", &id).into())
}

fn view(webhook: Webhook) -> WebhookView {
    WebhookView {
        id: webhook.id,
        receiver: webhook.draft.url,
        account: webhook.account_name,
        events: webhook.draft.events,
        state: if webhook.paused_at.is_some() { WebhookState::Paused } else { WebhookState::Active },
        waiting: webhook.waiting,
        delivered_at: webhook.delivered_at,
        paused_at: webhook.paused_at,
        reason: webhook.paused_reason,
        created_at: webhook.created_at,
    }
}

/// What a receiver is told, with the number by which it knows an event that it was told before.
pub(crate) fn body(id: DeliveryId, told: &str) -> Value {
    let mut body = serde_json::from_str(told).unwrap_or_else(|_| json!({}));
    body["id"] = json!(id);
    body
}

/// Where a webhook of this account may be sent to.
fn reach(
    tx: &Connection,
    account: AccountId,
    domain_opens: &[rackwright_model::Block],
) -> Result<Reach, Refusal> {
    let closed = network_list(tx)?.into_iter().map(|network| network.subnet.cidr).collect();
    let opened = if account == AccountId::PROVIDER { domain_opens.to_vec() } else { Vec::new() };
    Ok(Reach { closed, opened })
}

impl Domain {
    /// The signed parcel that tells a webhook of an event.
    ///
    /// # Errors
    /// When the secret cannot be opened, or the database fails.
    pub(crate) async fn parcel(
        &self,
        webhook: &Webhook,
        event: &str,
        id: DeliveryId,
        told: &str,
        at: Millis,
    ) -> Result<Parcel, Refusal> {
        let opens = self.site.webhook_networks.clone();
        let account = webhook.draft.account;
        let reach = self.read(move |tx| reach(tx, account, &opens)).await?;
        let secret = self.secrets.open(PURPOSE, &webhook.draft.secret).map_err(|error| {
            let advice = format!("Give it another secret with: rackwright webhook change {}", webhook.id);
            let attempted = format!("tell webhook {}", webhook.id);
            Fault::new(rackwright_catalog::FaultCode::Internal, attempted, error.to_string(), advice)
        })?;
        let body = body(id, told).to_string();
        let seconds = at.0 / 1_000;
        let signed = signature(&secret, &format!("{seconds}.{body}"));
        let headers = vec![
            ("rackwright-event", event.to_owned()),
            ("rackwright-delivery", id.to_string()),
            ("rackwright-signature", format!("t={seconds},v1={signed}")),
        ];
        Ok(Parcel { url: webhook.draft.url.clone(), headers, body, reach })
    }

    fn seal_webhook(&self, secret: &str) -> String {
        self.secrets.seal(&*self.ports.chance, PURPOSE, secret)
    }
}
