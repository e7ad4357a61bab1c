//! Listing webhooks.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::webhook::{WebhookList, WebhookListInput, WebhookView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::webhook::webhook_page;

use super::view;
use crate::paging::Paging;
use crate::{Caller, Domain, account};

impl Handle<WebhookList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: WebhookListInput) -> Result<Page<WebhookView>, Fault> {
        let (attempted, scope) = ("list webhooks", caller.scope());
        let order = input.order.unwrap_or(Order::Ascending);
        let paging = Paging::of("webhook.list", "id", order, input.after.as_deref(), input.limit, attempted)?;
        let ask = paging.ask.clone();
        let slice = self
            .look(attempted, move |tx| {
                let only =
                    input.account.map(|name| account::named(tx, &scope, &name, attempted)).transpose()?;
                Ok(webhook_page(tx, &scope, only.map(|account| account.id), &ask)?)
            })
            .await?;
        Ok(paging.page(slice, view))
    }
}
