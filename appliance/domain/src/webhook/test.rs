//! A test event, sent at once and past everything that waits; paused or not.

use rackwright_catalog::actions::webhook::{OneWebhook, WebhookTest, WebhookTested};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::DeliveryState;
use rackwright_store::delivery::{DeliveryDraft, delivery_give_up, delivery_insert, delivery_note};
use rackwright_store::webhook::webhook_set_delivered;
use serde_json::json;

use super::found;
use crate::reconcile::webhooks::attempt;
use crate::{Caller, Domain};

impl Handle<WebhookTest, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OneWebhook { webhook }: OneWebhook,
    ) -> Result<WebhookTested, Fault> {
        let (attempted, scope, at) = (format!("test webhook {webhook}"), caller.scope(), self.now());
        let phrase = attempted.clone();
        let (actor, by) = (caller.actor.name.clone(), caller.whence.origin.word());
        // On record before it is sent, and given up should this be the last that is heard of it.
        let (row, id, told) = self
            .change(caller, &attempted, move |tx| {
                let row = found(tx, &scope, webhook, &phrase)?;
                let told = json!({
                    "event": "webhook.test", "at": at, "account": row.account_name, "actor": actor, "behind": null, "by": by,
                    "object": {"webhook": webhook}, "input": null, "result": "done", "reason": null, "audit": null,
                })
                .to_string();
                let draft = DeliveryDraft {
                    webhook,
                    account: row.draft.account,
                    event: "webhook.test".to_owned(),
                    at,
                    told: told.clone(),
                };
                let id = delivery_insert(tx, &draft)?;
                delivery_give_up(tx, id, "No answer is on record.")?;
                Ok((row, id, told))
            })
            .await?;
        let parcel = self
            .parcel(&row, "webhook.test", id, &told, at)
            .await
            .map_err(|refusal| refusal.fault(&attempted))?;
        let made = attempt(self, &parcel).await;
        let outcome = made.clone();
        let noted = self.write(move |tx| {
            let state =
                if outcome.problem.is_none() { DeliveryState::Delivered } else { DeliveryState::GivenUp };
            delivery_note(tx, id, &outcome, state, outcome.at)?;
            if state == DeliveryState::Delivered {
                webhook_set_delivered(tx, webhook, outcome.at)?;
            }
            Ok(())
        });
        noted.await.map_err(|refusal| refusal.fault(&attempted))?;
        match (made.problem, made.code) {
            (None, Some(code)) => Ok(WebhookTested {
                code,
                duration_ms: made.duration_ms,
                message: format!("It answered {code} in {} ms.", made.duration_ms),
            }),
            (problem, _) => {
                let reason = problem.unwrap_or_default();
                let advice = format!(
                    "Mend the receiver, or change the address with: rackwright webhook change {webhook}"
                );
                Err(Fault::new(FaultCode::Unavailable, attempted, reason.trim_end_matches('.'), advice))
            }
        }
    }
}
