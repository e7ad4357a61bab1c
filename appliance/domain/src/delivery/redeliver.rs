//! Telling a webhook of an event once more: under the same number, before whatever happened later.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::delivery::{DeliveryRedeliver, OneDelivery};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::DeliveryState;
use rackwright_store::delivery::{delivery_requeue, delivery_within};

use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain};

impl Handle<DeliveryRedeliver, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneDelivery { delivery }: OneDelivery) -> Result<Done, Fault> {
        let (attempted, scope, at) = (format!("redeliver {delivery}"), caller.scope(), self.now());
        let phrase = attempted.clone();
        let webhook = self
            .change(caller, &attempted, move |tx| {
                let row = delivery_within(tx, &scope, delivery)?
                    .ok_or_else(|| not_found(&phrase, "delivery", &delivery))?;
                if row.state == DeliveryState::Waiting {
                    let advice = format!("Look at it with: rackwright delivery show {delivery}");
                    return Err(conflict(phrase, "it waits to be sent already", advice).into());
                }
                delivery_requeue(tx, delivery, at)?;
                Ok(row.draft.webhook)
            })
            .await?;
        Ok(Done::new(format!("Event {delivery} is sent to webhook {webhook} again.")))
    }
}
