//! Listing deliveries.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::delivery::{DeliveryList, DeliveryListInput, DeliveryView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::delivery::{DeliveryChoice, delivery_page};
use rackwright_store::webhook::webhook_within;

use super::view;
use crate::paging::Paging;
use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<DeliveryList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: DeliveryListInput) -> Result<Page<DeliveryView>, Fault> {
        let (attempted, scope) = ("list deliveries", caller.scope());
        let order = input.order.unwrap_or(Order::Descending);
        let paging =
            Paging::of("delivery.list", "id", order, input.after.as_deref(), input.limit, attempted)?;
        let ask = paging.ask.clone();
        let choice = DeliveryChoice { webhook: input.webhook, state: input.state };
        let slice = self
            .look(attempted, move |tx| {
                if let Some(id) = choice.webhook
                    && webhook_within(tx, &scope, id)?.is_none()
                {
                    return Err(not_found(attempted, "webhook", &id).into());
                }
                Ok(delivery_page(tx, &scope, &choice, &ask)?)
            })
            .await?;
        Ok(paging.page(slice, view))
    }
}
