//! Telling webhooks what happened: of each the oldest event that waits, one at a time, so that a receiver hears everything
//! in order. An event counts as told when the answer is on record, so that a process that is killed tells it again: a
//! receiver hears everything at least once, and knows by its number what it heard before.
//!
//! An event that is not accepted is tried again after longer and longer waits, for a day, and then given up; one that the
//! receiver refuses for good (RFC 9110 section 15.5) is given up sooner, so that it does not hold back what comes after it.
//! Three in a row that were given up pause the webhook.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::{AccountId, DeliveryState, WebhookId};
use rackwright_store::delivery::{Attempt, Delivery, delivery_due, delivery_note};
use rackwright_store::webhook::{webhook_get, webhook_pause, webhook_set_delivered, webhook_set_given_up};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::ports::Parcel;
use crate::refusal::chain;
use crate::{Domain, Refusal};

/// How often is looked for what is due, when nothing says that something happened.
const TICK: Duration = Duration::from_secs(1);
/// Letters under way at once, and of one account.
const MOST: usize = 64;
const MOST_OF_ONE: usize = 4;
/// Heads of queues that are looked at in one go.
const LOOKED_AT: u32 = 256;
/// How long an attempt can take: the courier's limits, and some.
const LIMIT: Duration = Duration::from_secs(20);
/// The waits between attempts, in milliseconds; then the last of them again.
const WAITS_MS: [i64; 9] =
    [10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000];
/// How long an event is tried.
const DAY_MS: i64 = 24 * 3_600_000;
/// Attempts at an event that the receiver refuses for good.
const REFUSALS: u32 = 4;
/// Events in a row that are given up before the webhook is paused.
const PATIENCE: u32 = 3;

type UnderWay = HashMap<WebhookId, AccountId>;

pub(super) async fn run(domain: Arc<Domain>) {
    let mut parcels: JoinSet<WebhookId> = JoinSet::new();
    let mut under_way = UnderWay::new();
    loop {
        let changed = domain.changed.notified();
        while let Some(ended) = parcels.try_join_next() {
            forget(&mut under_way, ended.ok(), &parcels);
        }
        match due(&domain).await {
            Ok(due) => {
                for delivery in due {
                    start(&domain, delivery, &mut parcels, &mut under_way);
                }
            }
            Err(error) => tracing::warn!("webhooks could not be looked at: {}", chain(&error)),
        }
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(TICK) => {}
            Some(ended) = parcels.join_next() => forget(&mut under_way, ended.ok(), &parcels),
        }
    }
}

/// A task that broke off does not say whose it was: then nobody is under way who is not in the set any more.
fn forget(under_way: &mut UnderWay, ended: Option<WebhookId>, parcels: &JoinSet<WebhookId>) {
    match ended {
        Some(id) => drop(under_way.remove(&id)),
        None if parcels.is_empty() => under_way.clear(),
        None => {}
    }
}

async fn due(domain: &Domain) -> Result<Vec<Delivery>, Refusal> {
    let now = domain.now();
    domain.read(move |tx| Ok(delivery_due(tx, now, LOOKED_AT)?)).await
}

fn start(
    domain: &Arc<Domain>,
    delivery: Delivery,
    parcels: &mut JoinSet<WebhookId>,
    under_way: &mut UnderWay,
) {
    let (webhook, account) = (delivery.draft.webhook, delivery.draft.account);
    let of_this = under_way.values().filter(|other| **other == account).count();
    if under_way.contains_key(&webhook) || parcels.len() >= MOST || of_this >= MOST_OF_ONE {
        return;
    }
    under_way.insert(webhook, account);
    let domain = Arc::clone(domain);
    parcels.spawn(async move {
        if let Err(error) = domain.tell(&delivery).await {
            tracing::warn!(webhook.id = %webhook, "an event could not be told to a webhook: {}", chain(&error));
            // The database or the key is at fault, and not mended at once.
            tokio::time::sleep(TICK).await;
        }
        webhook
    });
}

/// One attempt, in words when it does not count.
pub(crate) async fn attempt(domain: &Domain, parcel: &Parcel) -> Attempt {
    let (at, begun) = (domain.now(), Instant::now());
    let answer = timeout(LIMIT, domain.ports.courier.post(parcel)).await;
    let duration_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let (code, problem) = match answer {
        Ok(Ok(code @ 200..=299)) => (Some(code), None),
        Ok(Ok(code @ 300..=399)) => (
            Some(code),
            Some(format!("It answered {code}: it sends elsewhere, and redirects are not followed.")),
        ),
        Ok(Ok(code)) => (Some(code), Some(format!("It answered {code}."))),
        Ok(Err(error)) => (None, Some(format!("{error}."))),
        Err(_) => (None, Some(format!("It took longer than {} s.", LIMIT.as_secs()))),
    };
    Attempt { at, code, duration_ms, problem }
}

impl Domain {
    /// Tell a webhook of an event, and note what came of it.
    async fn tell(&self, delivery: &Delivery) -> Result<(), Refusal> {
        let id = delivery.draft.webhook;
        let webhook = self.read(move |tx| Ok(webhook_get(tx, id)?)).await?;
        let Some(webhook) = webhook.filter(|webhook| webhook.paused_at.is_none()) else { return Ok(()) };
        let draft = &delivery.draft;
        let parcel = self.parcel(&webhook, &draft.event, delivery.id, &draft.told, self.now()).await?;
        let made = attempt(self, &parcel).await;
        let (delivery, before) = (delivery.clone(), webhook.given_up);
        let paused = self.write(move |tx| {
            let fate = fate(&delivery, &made);
            let (state, next_at) = match fate {
                Fate::Told => (DeliveryState::Delivered, made.at),
                Fate::Again(wait) => (DeliveryState::Waiting, made.at.plus(wait)),
                Fate::GivenUp => (DeliveryState::GivenUp, made.at),
            };
            delivery_note(tx, delivery.id, &made, state, next_at)?;
            match fate {
                Fate::Told => webhook_set_delivered(tx, id, made.at)?,
                Fate::GivenUp => {
                    webhook_set_given_up(tx, id, before + 1)?;
                    if before + 1 >= PATIENCE || made.code == Some(GONE) {
                        let reason = reason(before + 1, &made);
                        webhook_pause(tx, id, made.at, &reason)?;
                        return Ok(Some(reason));
                    }
                }
                Fate::Again(_) => {}
            }
            Ok(None)
        });
        if let Some(reason) = paused.await? {
            tracing::warn!(webhook.id = %id, "a webhook is paused: {reason}");
        }
        Ok(())
    }
}

/// The receiver wants to hear no more (RFC 9110 section 15.5.11).
const GONE: u16 = 410;

fn reason(given_up: u32, last: &Attempt) -> String {
    let problem = last.problem.as_deref().unwrap_or_default();
    if last.code == Some(GONE) {
        return "It answered 410: the receiver is gone for good.".to_owned();
    }
    format!("{given_up} events in a row were given up. The last: {problem}")
}

/// What becomes of an event after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Told,
    /// Tried again after so many milliseconds.
    Again(i64),
    GivenUp,
}

/// Answers that say that the same will never be accepted. Too early, too slow and too many are none (RFC 9110 section
/// 15.5.9, RFC 8470, RFC 6585 section 4).
fn is_refusal(code: u16) -> bool {
    matches!(code, 400..=499) && !matches!(code, 408 | 425 | 429)
}

fn fate(delivery: &Delivery, made: &Attempt) -> Fate {
    if made.problem.is_none() {
        return Fate::Told;
    }
    let attempts = delivery.attempts + 1;
    let refused = made.code.is_some_and(is_refusal);
    let at = usize::try_from(delivery.attempts).unwrap_or(usize::MAX).min(WAITS_MS.len() - 1);
    let wait = WAITS_MS[at];
    let too_late = made.at.plus(wait).since(delivery.queued_at) > DAY_MS;
    if made.code == Some(GONE) || (refused && attempts >= REFUSALS) || too_late {
        Fate::GivenUp
    } else {
        Fate::Again(wait)
    }
}

#[cfg(test)]
mod tests {
    use rackwright_model::{DeliveryId, Millis};
    use rackwright_store::delivery::DeliveryDraft;

    use super::*;

    fn delivery(attempts: u32) -> Delivery {
        let draft = DeliveryDraft {
            webhook: WebhookId(1),
            account: AccountId(1),
            event: "a.b".into(),
            at: Millis(0),
            told: "{}".into(),
        };
        let (queued_at, next_at, state) = (Millis(0), Millis(0), DeliveryState::Waiting);
        Delivery { id: DeliveryId(1), draft, state, queued_at, next_at, attempts, problem: None, last: None }
    }

    fn made(at: i64, code: Option<u16>) -> Attempt {
        let problem = code.is_none_or(|code| code > 299).then(|| "It failed.".to_owned());
        Attempt { at: Millis(at), code, duration_ms: 1, problem }
    }

    #[test]
    fn waits_grow_and_end_within_a_day() {
        let (mut at, mut waits) = (0, Vec::new());
        for attempts in 0.. {
            match fate(&delivery(attempts), &made(at, Some(500))) {
                Fate::Again(wait) => {
                    at += wait;
                    waits.push(wait);
                }
                Fate::GivenUp => break,
                Fate::Told => panic!("it failed"),
            }
        }
        assert!(waits.is_sorted() && waits.len() > 8, "{waits:?}");
        assert!(at <= DAY_MS && at > DAY_MS / 2, "{at}");
    }

    #[test]
    fn what_is_refused_for_good_is_given_up_sooner() {
        assert_eq!(fate(&delivery(0), &made(0, Some(204))), Fate::Told);
        assert_eq!(fate(&delivery(REFUSALS - 1), &made(100_000, Some(404))), Fate::GivenUp);
        assert!(matches!(fate(&delivery(REFUSALS - 1), &made(100_000, Some(429))), Fate::Again(_)));
        assert!(matches!(fate(&delivery(REFUSALS - 1), &made(100_000, None)), Fate::Again(_)));
        assert!(matches!(fate(&delivery(REFUSALS - 2), &made(100_000, Some(404))), Fate::Again(_)));
        assert_eq!(fate(&delivery(0), &made(0, Some(GONE))), Fate::GivenUp);
    }
}
