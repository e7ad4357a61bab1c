//! Word of what happens, for webhooks: written in the transaction of the change itself, so that none is lost and none is
//! made up.
//!
//! Who hears: the account of whoever acted and the accounts above it, which may read the audit row; and the owner of what
//! was acted upon and the accounts above it. An owner that may not read the row is told what was done to which thing of
//! its own, and nothing of who did it.

use rackwright_catalog::event::{Occurrence, takes};
use rackwright_catalog::{Entry, entry};
use rackwright_model::{AccountId, JobId, Millis, Scope, WebhookId};
use rackwright_store::Connection;
use rackwright_store::account::{Account, account_get, account_is_suspended, account_named};
use rackwright_store::audit::{AuditDraft, audit_insert};
use rackwright_store::delivery::{DeliveryDraft, delivery_insert};
use rackwright_store::job::job_get;
use rackwright_store::person::person_named;
use rackwright_store::private_server::private_server_named;
use rackwright_store::server::server_named;
use rackwright_store::webhook::{Webhook, webhook_any, webhook_hearing};
use serde_json::{Map, Value, json};

use crate::Refusal;

/// Something that an input names, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    field: String,
    value: Value,
    owner: Account,
}

/// What the input of an action names now, with its owners; nothing while there is no webhook.
pub(crate) fn named(tx: &Connection, draft: &AuditDraft) -> Result<Vec<Named>, Refusal> {
    let Some(entry) = entry(&draft.action).filter(|_| draft.result == DONE) else { return Ok(Vec::new()) };
    if !webhook_any(tx)? {
        return Ok(Vec::new());
    }
    let input = input(draft);
    let mut found = Vec::new();
    for (field, list) in naming(entry) {
        let Some(value) = input.get(&field).filter(|value| !value.is_null()) else { continue };
        if let Some(owner) = owner(tx, &list, value)? {
            found.push(Named { field, value: value.clone(), owner });
        }
    }
    Ok(found)
}

/// What the result of an action says that was carried out.
const DONE: &str = "done";

/// An input that was too long to be kept whole is no JSON any more.
fn input(draft: &AuditDraft) -> Value {
    serde_json::from_str(&draft.input).unwrap_or(Value::Null)
}

/// The fields of an input that name something, with the action that lists it.
fn naming(entry: &Entry) -> Vec<(String, String)> {
    let schema = (entry.input_schema)();
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    fields
        .iter()
        .filter_map(|(name, field)| Some((name.clone(), field.get("x-from")?.as_str()?.to_owned())))
        .collect()
}

/// Whose a named thing is. What all share is nobody's.
fn owner(tx: &Connection, list: &str, value: &Value) -> Result<Option<Account>, Refusal> {
    let everything = Scope::everything();
    let account = match (list, value.as_str(), value.as_i64()) {
        ("server.list", Some(text), _) => match text.parse() {
            Ok(name) => server_named(tx, &everything, &name)?.map(|server| server.account),
            Err(_) => None,
        },
        ("private-server.list", Some(text), _) => match text.parse() {
            Ok(name) => private_server_named(tx, &everything, &name)?.map(|row| row.wanted.account),
            Err(_) => None,
        },
        ("account.list", Some(text), _) => match text.parse() {
            Ok(name) => account_named(tx, &everything, &name)?.map(|account| account.id),
            Err(_) => None,
        },
        ("user.list", Some(name), _) => person_named(tx, &everything, name)?.map(|person| person.account),
        ("job.list", _, Some(id)) => job_get(tx, JobId(id))?.map(|job| job.account),
        _ => None,
    };
    Ok(account.map(|id| account_get(tx, id)).transpose()?.flatten())
}

/// The audit row of an action, and word of it to whoever hears. `before` is what its input named before the change. Gives
/// the id of the row.
pub(crate) fn record(
    tx: &Connection,
    at: Millis,
    draft: &AuditDraft,
    before: Vec<Named>,
) -> Result<i64, Refusal> {
    let audit = audit_insert(tx, at, draft)?;
    if draft.result != DONE || !webhook_any(tx)? {
        return Ok(audit);
    }
    let things: Vec<Named> = before.into_iter().chain(named(tx, draft)?).collect();
    // The tested webhook hears of the test by the test.
    let tested = input(draft)["webhook"].as_i64().filter(|_| draft.action == "webhook.test");
    let mut told: Vec<WebhookId> = tested.map(WebhookId).into_iter().collect();
    if let Some(account) = account_get(tx, draft.account)? {
        let word = word(draft, &account, &input(draft), at, audit);
        tell(tx, &account.path, &draft.action, at, &word, &mut told)?;
    }
    for thing in &things {
        let word = foreign_word(draft, &thing.owner, &things, at);
        tell(tx, &thing.owner.path, &draft.action, at, &word, &mut told)?;
    }
    Ok(audit)
}

/// Word of something that happened by itself, to a thing of this account.
pub(crate) fn happened(
    tx: &Connection,
    at: Millis,
    occurrence: Occurrence,
    account: AccountId,
    object: Value,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    if !webhook_any(tx)? {
        return Ok(());
    }
    let Some(account) = account_get(tx, account)? else { return Ok(()) };
    let mut word = outline(occurrence.name, at, &account);
    word["by"] = json!("machine");
    word["object"] = object;
    word["reason"] = json!(reason);
    tell(tx, &account.path, occurrence.name, at, &word, &mut Vec::new())
}

/// For those who may read the audit row.
fn word(draft: &AuditDraft, account: &Account, input: &Value, at: Millis, audit: i64) -> Value {
    let object = entry(&draft.action).map(|entry| object(entry, input)).unwrap_or_default();
    let mut word = outline(&draft.action, at, account);
    word["actor"] = json!(draft.actor);
    word["behind"] = json!(draft.behind);
    word["by"] = json!(draft.origin);
    word["object"] = Value::Object(object);
    word["input"] = input.clone();
    word["audit"] = json!(audit);
    word
}

/// For the owner of what somebody above acted upon.
fn foreign_word(draft: &AuditDraft, owner: &Account, things: &[Named], at: Millis) -> Value {
    let scope = Scope::tree(owner.path.clone());
    let own = things.iter().filter(|thing| scope.covers(&thing.owner.path));
    let object: Map<String, Value> = own.map(|thing| (thing.field.clone(), thing.value.clone())).collect();
    let mut word = outline(&draft.action, at, owner);
    word["object"] = Value::Object(object);
    word
}

/// What every event has, with nothing said.
fn outline(event: &str, at: Millis, account: &Account) -> Value {
    json!({
        "event": event, "at": at, "account": account.name, "actor": null, "behind": null, "by": null, "object": {},
        "input": null, "result": DONE, "reason": null, "audit": null,
    })
}

/// What an action was about: its main field, and whatever else its input names.
fn object(entry: &Entry, input: &Value) -> Map<String, Value> {
    let main = entry.spec.main.map(str::to_owned);
    let fields = main.into_iter().chain(naming(entry).into_iter().map(|(field, _)| field));
    let value = |field: String| Some((field.clone(), input.get(&field)?.clone()));
    fields.filter_map(value).filter(|(_, value)| !value.is_null()).collect()
}

/// Queue the word for every webhook of the account with this path, and of those above it, that was not told yet.
fn tell(
    tx: &Connection,
    path: &str,
    event: &str,
    at: Millis,
    word: &Value,
    told: &mut Vec<WebhookId>,
) -> Result<(), Refusal> {
    for webhook in webhook_hearing(tx, path)? {
        if told.contains(&webhook.id) || !hears(tx, &webhook, event)? {
            continue;
        }
        told.push(webhook.id);
        queue(tx, &webhook, event, at, word)?;
    }
    Ok(())
}

/// People of a suspended account may not look, and so their webhooks hear nothing.
fn hears(tx: &Connection, webhook: &Webhook, event: &str) -> Result<bool, Refusal> {
    let wanted = webhook.draft.events.iter().any(|pattern| takes(pattern, event));
    Ok(wanted && !account_is_suspended(tx, &webhook.account_path)?)
}

fn queue(tx: &Connection, webhook: &Webhook, event: &str, at: Millis, word: &Value) -> Result<(), Refusal> {
    let draft = DeliveryDraft {
        webhook: webhook.id,
        account: webhook.draft.account,
        event: event.to_owned(),
        at,
        told: word.to_string(),
    };
    delivery_insert(tx, &draft)?;
    Ok(())
}
