//! One delivery, word for word.

use rackwright_catalog::actions::delivery::{DeliveryDetail, DeliveryShow, OneDelivery};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::delivery::delivery_within;

use super::view;
use crate::refusal::not_found;
use crate::webhook::body;
use crate::{Caller, Domain};

impl Handle<DeliveryShow, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OneDelivery { delivery }: OneDelivery,
    ) -> Result<DeliveryDetail, Fault> {
        let (attempted, scope) = (format!("show delivery {delivery}"), caller.scope());
        let row = self.look(&attempted, move |tx| Ok(delivery_within(tx, &scope, delivery)?)).await?;
        let row = row.ok_or_else(|| not_found(&attempted, "delivery", &delivery))?;
        Ok(DeliveryDetail { body: body(row.id, &row.draft.told), delivery: view(row) })
    }
}
