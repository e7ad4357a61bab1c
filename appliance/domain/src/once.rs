//! Calls that carry an idempotency key are carried out once. The same person with the same key, action and input is
//! answered with the first answer; another action or input under that key is refused; who comes while the first call is
//! under way waits for its answer. An answer is kept for a day, sealed, because some hold secrets.
//!
//! A refusal that did nothing does not use the key up: the call may be mended and made again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode, IdempotencyKey};
use rackwright_store::kept_answer::{
    KeptAnswer, KeptCall, kept_answer_begin, kept_answer_delete, kept_answer_get, kept_answer_purge,
    kept_answer_put,
};
use serde_json::{Map, Value};
use tokio::sync::OwnedMutexGuard;

use crate::caller::Actor;
use crate::refusal::conflict;
use crate::{Caller, Domain};

/// How long an answer is kept.
const KEPT_MS: i64 = 24 * 3_600_000;
/// Answers kept of one person; the oldest make room.
const MOST: u32 = 10_000;
/// Bytes of an answer that is kept whole.
const ANSWER_BYTES: usize = 64 << 10;

/// An answer, and whether it is an earlier one.
pub(crate) struct Once {
    pub answer: Result<Value, Fault>,
    pub replayed: bool,
}

impl Domain {
    /// Carry out a change for a caller who may make it, unless that was done before under this key.
    pub(crate) async fn once(
        &self,
        caller: &Caller,
        action: &str,
        input: Value,
        key: &IdempotencyKey,
    ) -> Once {
        let call = KeptCall { who: who(&caller.actor), key: key.as_str().to_owned() };
        let _turn = self.turns.take(&call).await;
        let mac = self.secrets.mac(&format!("{action}\0{}", sorted(input.clone())));
        match self.begin(&call, action, &mac).await {
            Ok(None) => {}
            Ok(Some(answer)) => return Once { answer, replayed: true },
            Err(fault) => return Once { answer: Err(fault), replayed: false },
        }
        let answer = self.carry_out(caller, action, input).await;
        self.keep(call, action, &answer).await;
        Once { answer, replayed: false }
    }

    /// Note that the call begins; or what was answered to it before.
    async fn begin(
        &self,
        call: &KeptCall,
        action: &str,
        mac: &str,
    ) -> Result<Option<Result<Value, Fault>>, Fault> {
        let attempted = attempt(action);
        let (now, noted, noted_mac) = (self.now(), call.clone(), mac.to_owned());
        let before = self
            .write(move |tx| {
                kept_answer_purge(tx, &noted.who, now.plus(-KEPT_MS), MOST)?;
                let before = kept_answer_get(tx, &noted)?;
                if before.is_none() {
                    kept_answer_begin(tx, &noted, &noted_mac, now)?;
                }
                Ok(before)
            })
            .await
            .map_err(|refusal| refusal.fault(&attempted))?;
        let Some(KeptAnswer { input_mac, answer }) = before else { return Ok(None) };
        if input_mac != mac {
            return Err(conflict(
                attempted,
                "this idempotency key was used for another call",
                "Make up a new key for every call; repeat one only with the same action and input.",
            ));
        }
        // Whoever made it holds no turn any more.
        let Some(sealed) = answer else {
            return Err(conflict(
                attempted,
                "a call with this idempotency key was cut off, and nobody knows how far it came",
                "Look at what it was to change, and at: rackwright audit list\nThen call with another key.",
            ));
        };
        let opened = self.secrets.open(&purpose(call), &sealed).ok();
        let kept = opened.and_then(|text| serde_json::from_str(&text).ok());
        kept.map(Some).ok_or_else(|| {
            Fault::new(
                FaultCode::Internal,
                attempted,
                "it was carried out before, but its answer cannot be read",
                "Look at what it was to change, and at: rackwright audit list",
            )
        })
    }

    /// Keep the answer, or forget a call that did nothing. A failure leaves the call noted as cut off.
    async fn keep(&self, call: KeptCall, action: &str, answer: &Result<Value, Fault>) {
        let sealed = answer.as_ref().map_or_else(|fault| !did_nothing(fault), |_| true).then(|| {
            let text = bounded(action, answer);
            self.secrets.seal(&*self.ports.chance, &purpose(&call), &text)
        });
        let kept = self.write(move |tx| {
            match sealed {
                Some(sealed) => kept_answer_put(tx, &call, &sealed)?,
                None => kept_answer_delete(tx, &call)?,
            }
            Ok(())
        });
        if let Err(error) = kept.await {
            tracing::error!(action, "the answer to a call with a key could not be kept: {error}");
        }
    }
}

/// The person, or whoever else may call; who is behind a person whose panel was entered; and what a token is limited to, so
/// that it is not handed an answer that its user got with more.
fn who(actor: &Actor) -> String {
    let mut who = actor.id.map_or_else(|| actor.by.to_owned(), |id| format!("user {}", id.0));
    if let Some(behind) = &actor.behind {
        who.push_str(&format!(" by {behind}"));
    }
    if let Some(limits) = &actor.limits {
        let words: Vec<&str> = limits.iter().map(|permission| permission.word()).collect();
        who.push_str(&format!(" limited to {}", words.join(" ")));
    }
    who
}

/// The sealed text opens only as the answer to this call.
fn purpose(call: &KeptCall) -> String {
    format!("answer {}\0{}", call.who, call.key)
}

/// Whether the fault says that the action was refused before it did anything.
fn did_nothing(fault: &Fault) -> bool {
    match fault.code {
        FaultCode::InvalidInput
        | FaultCode::NotSignedIn
        | FaultCode::Forbidden
        | FaultCode::NotFound
        | FaultCode::Conflict
        | FaultCode::ConfirmationNeeded
        | FaultCode::TooMany
        | FaultCode::StorageFull => true,
        FaultCode::Unavailable | FaultCode::TimedOut | FaultCode::Internal => false,
    }
}

fn bounded(action: &str, answer: &Result<Value, Fault>) -> String {
    let text = serde_json::to_string(answer).unwrap_or_default();
    if text.len() <= ANSWER_BYTES {
        return text;
    }
    let fault: Result<Value, Fault> = Err(conflict(
        attempt(action),
        "it was carried out before, and its answer was too long to be kept",
        "Look at what it changed.",
    ));
    serde_json::to_string(&fault).unwrap_or_default()
}

/// The value with the keys of every object in order, so that the order in which somebody wrote them says nothing.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(
                fields.into_iter().map(|(name, field)| (name, sorted(field))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

type Lock = Arc<tokio::sync::Mutex<()>>;

/// Calls under way: one at a time for each key.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<KeptCall, Lock>>);

/// The turn of one call; the next may come when it is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    call: KeptCall,
    lock: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    async fn take(&self, call: &KeptCall) -> Turn<'_> {
        let mut turn = Turn { turns: self, call: call.clone(), lock: None };
        let lock = Arc::clone(self.map().entry(call.clone()).or_default());
        turn.lock = Some(lock.lock_owned().await);
        turn
    }

    fn map(&self) -> std::sync::MutexGuard<'_, HashMap<KeptCall, Lock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        drop(self.lock.take());
        let mut map = self.turns.map();
        if map.get(&self.call).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            map.remove(&self.call);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn turns_follow_each_other_and_leave_nothing_behind() {
        let turns = Turns::default();
        let call = KeptCall { who: "user 1".into(), key: "a".into() };
        let first = turns.take(&call).await;
        let mut second = Box::pin(turns.take(&call));
        assert!(futures_poll(&mut second).await.is_none(), "the second waits");
        let third = Box::pin(turns.take(&call));
        drop(third);
        drop(first);
        drop(second.await);
        assert!(turns.map().is_empty());
    }

    /// What the future gives when it is asked once.
    async fn futures_poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
        tokio::select! { biased; value = future => Some(value), () = std::future::ready(()) => None }
    }

    #[test]
    fn the_order_of_fields_says_nothing() {
        let one = sorted(json!({"b": [{"d": 1, "c": 2}], "a": null}));
        assert_eq!(one.to_string(), r#"{"a":null,"b":[{"c":2,"d":1}]}"#);
    }
}
