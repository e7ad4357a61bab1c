//! Addresses that are told what happens.

use rackwright_model::{Millis, Name, Order, WebhookId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Page, action, sample_name};
use crate::event;
use crate::fault::FieldProblem;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookListInput {
    /// Only webhooks of this account, not of those below it.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// Ascending, oldest first, when it is left out.
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
pub struct OneWebhook {
    #[schemars(extend("x-from" = "webhook.list"))]
    pub webhook: WebhookId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookCreateInput {
    /// Where events are sent, such as https://hooks.example.com/rackwright.
    #[schemars(
        length(min = 8, max = 2_000),
        regex(pattern = "^https?://[A-Za-z0-9._~:/?@!$&'\\(\\)*+,;=%\\[\\]-]+$")
    )]
    pub receiver: String,
    /// Names of events, such as server.rename, or all of a noun, such as server.*; everything when left out.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub events: Vec<String>,
    /// The account whose events, and those of the accounts below it, are sent; your own when left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// Signs what is sent, so that the receiver knows it is genuine; a random one, shown once, when left out.
    #[schemars(length(min = 16, max = 256), regex(pattern = "^[!-~]+$"), extend("x-secret" = true))]
    pub secret: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChangeInput {
    #[schemars(extend("x-from" = "webhook.list"))]
    pub webhook: WebhookId,
    /// Another address; left out, it stays.
    #[schemars(
        length(min = 8, max = 2_000),
        regex(pattern = "^https?://[A-Za-z0-9._~:/?@!$&'\\(\\)*+,;=%\\[\\]-]+$")
    )]
    pub receiver: Option<String>,
    /// Other events in place of those before; left out, they stay.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub events: Vec<String>,
    /// Another secret; left out, it stays.
    #[schemars(length(min = 16, max = 256), regex(pattern = "^[!-~]+$"), extend("x-secret" = true))]
    pub secret: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookState {
    Active,
    /// Nothing is sent until it is resumed; what happens waits for a day.
    Paused,
}

/// A webhook in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookView {
    pub id: WebhookId,
    pub receiver: String,
    /// The account whose events, and those of the accounts below it, are sent.
    pub account: Name,
    pub events: Vec<String>,
    pub state: WebhookState,
    /// Events that wait to be accepted.
    pub waiting: u32,
    /// When the receiver last accepted an event.
    pub delivered_at: Option<Millis>,
    pub paused_at: Option<Millis>,
    /// Why it is paused.
    pub reason: Option<String>,
    pub created_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookCreated {
    pub webhook: WebhookId,
    /// Shown this once.
    #[schemars(extend("x-secret" = true))]
    pub secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookTested {
    /// The HTTP status of the answer.
    pub code: u16,
    pub duration_ms: i64,
    pub message: String,
}

fn sample_view() -> WebhookView {
    WebhookView {
        id: WebhookId(3),
        receiver: "https://hooks.example.com/rackwright".into(),
        account: sample_name("acme"),
        events: vec!["server.*".into()],
        state: WebhookState::Active,
        waiting: 0,
        delivered_at: Some(Millis(1_764_000_000_000)),
        paused_at: None,
        reason: None,
        created_at: Millis(1_764_000_000_000),
    }
}

action! {
    WebhookList, "webhook.list", "List", "List webhooks: addresses that are told what happens.", Webhooks, Read,
    WebhookListInput => Page<WebhookView>,
    columns ["id", "receiver", "account", "events", "state", "waiting", "delivered_at", "reason"];
    WebhookListInput::default();
    Page::whole(vec![sample_view()])
}

action! {
    WebhookShow, "webhook.show", "Show", "Show one webhook.", Webhooks, Read,
    OneWebhook => WebhookView, main "webhook";
    OneWebhook { webhook: WebhookId(3) };
    sample_view()
}

action! {
    WebhookCreate, "webhook.create", "Create",
    "Tell an address what happens in an account and the accounts below it, signed with a secret.", Webhooks, Change,
    WebhookCreateInput => WebhookCreated, main "receiver", check check_create;
    WebhookCreateInput {
        receiver: "https://hooks.example.com/rackwright".into(),
        events: vec!["server.*".into()],
        account: None,
        secret: None,
    };
    WebhookCreated { webhook: WebhookId(3), secret: "rwh_5f…".into() }
}

action! {
    WebhookChange, "webhook.change", "Change", "Give a webhook another address, other events or another secret.", Webhooks, Change,
    WebhookChangeInput => WebhookView, main "webhook", check check_change, undo true;
    WebhookChangeInput { webhook: WebhookId(3), receiver: None, events: vec!["server.*".into(), "account.create".into()], secret: None };
    sample_view()
}

action! {
    WebhookTest, "webhook.test", "Test", "Send a test event to a webhook now, and say what it answered.", Webhooks, Change,
    OneWebhook => WebhookTested, main "webhook";
    OneWebhook { webhook: WebhookId(3) };
    WebhookTested { code: 204, duration_ms: 31, message: "It answered 204 in 31 ms.".into() }
}

action! {
    WebhookResume, "webhook.resume", "Resume", "Send to a paused webhook again; what waits is sent first.", Webhooks, Change,
    OneWebhook => Done, main "webhook";
    OneWebhook { webhook: WebhookId(3) };
    Done::new("Webhook 3 is told again what happens; 12 events wait for it.")
}

action! {
    WebhookRemove, "webhook.remove", "Remove", "Remove a webhook with its secret and everything that waits for it.", Webhooks, Destroy,
    OneWebhook => Done, main "webhook";
    OneWebhook { webhook: WebhookId(3) };
    Done::new("Webhook 3 is removed.")
}

fn check_create(input: &WebhookCreateInput) -> Vec<FieldProblem> {
    unknown(&input.events)
}

fn check_change(input: &WebhookChangeInput) -> Vec<FieldProblem> {
    if input.receiver.is_none() && input.events.is_empty() && input.secret.is_none() {
        let problem = "is missing, and so are events and secret: there is nothing to change";
        return vec![FieldProblem::new("receiver", problem)];
    }
    unknown(&input.events)
}

/// Patterns that take no event there is.
fn unknown(patterns: &[String]) -> Vec<FieldProblem> {
    let idle = |(_, pattern): &(usize, &String)| !event::names().any(|name| event::takes(pattern, name));
    let problem = |(at, pattern): (usize, &String)| {
        let shown: String = pattern.chars().take(80).collect();
        let problem = format!("there is no event {shown:?}; the reference lists them at /docs/events");
        FieldProblem::new(format!("events.{at}"), problem)
    };
    patterns.iter().enumerate().filter(idle).map(problem).collect()
}
