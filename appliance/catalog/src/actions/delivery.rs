//! What webhooks were told, and what they answered.

use rackwright_model::{DeliveryId, DeliveryState, Millis, Order, WebhookId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Page, action};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryListInput {
    /// Only to this webhook.
    #[schemars(extend("x-from" = "webhook.list"))]
    pub webhook: Option<WebhookId>,
    pub state: Option<DeliveryState>,
    /// Descending, newest first, when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneDelivery {
    #[schemars(extend("x-from" = "delivery.list"))]
    pub delivery: DeliveryId,
}

/// An event that a webhook is told of, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryView {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: String,
    /// When it happened.
    pub at: Millis,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it was last tried.
    pub tried_at: Option<Millis>,
    /// The HTTP status of the last answer.
    pub code: Option<u16>,
    /// How long the last attempt took.
    pub duration_ms: Option<i64>,
    /// Why the last attempt does not count.
    pub reason: Option<String>,
    /// When it is tried again, while it waits.
    pub next_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What is sent.
    pub body: serde_json::Value,
}

fn sample_view() -> DeliveryView {
    DeliveryView {
        id: DeliveryId(58),
        webhook: WebhookId(3),
        event: "server.rename".into(),
        at: Millis(1_764_000_000_000),
        state: DeliveryState::Delivered,
        attempts: 1,
        tried_at: Some(Millis(1_764_000_000_200)),
        code: Some(204),
        duration_ms: Some(31),
        reason: None,
        next_at: None,
    }
}

action! {
    DeliveryList, "delivery.list", "List", "List what webhooks were told and what they answered, newest first.", Webhooks, Read,
    DeliveryListInput => Page<DeliveryView>,
    columns ["id", "webhook", "event", "at", "state", "code", "duration_ms", "attempts", "next_at", "reason"];
    DeliveryListInput::default();
    Page { items: vec![sample_view()], next: Some("57".into()) }
}

action! {
    DeliveryShow, "delivery.show", "Show", "Show what a webhook was told, word for word, and what it answered.", Webhooks, Read,
    OneDelivery => DeliveryDetail, main "delivery";
    OneDelivery { delivery: DeliveryId(58) };
    DeliveryDetail {
        delivery: sample_view(),
        body: json!({
            "id": 58,
            "event": "server.rename",
            "at": 1_764_000_000_000_i64,
            "account": "acme",
            "actor": "acme-kim",
            "behind": null,
            "by": "panel",
            "object": {"server": "r1-u07"},
            "input": {"server": "r1-u07", "name": "web-1"},
            "result": "done",
            "audit": 41,
        }),
    }
}

action! {
    DeliveryRedeliver, "delivery.redeliver", "Redeliver", "Tell a webhook of an event once more, as it was told then.", Webhooks, Change,
    OneDelivery => Done, main "delivery";
    OneDelivery { delivery: DeliveryId(58) };
    Done::new("Event 58 is sent to webhook 3 again.")
}
