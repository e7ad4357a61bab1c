//! What webhooks were told.

mod list;
mod redeliver;
mod show;

use rackwright_catalog::actions::delivery::DeliveryView;
use rackwright_model::DeliveryState;
use rackwright_store::delivery::Delivery;

fn view(delivery: Delivery) -> DeliveryView {
    let last = delivery.last;
    DeliveryView {
        id: delivery.id,
        webhook: delivery.draft.webhook,
        event: delivery.draft.event,
        at: delivery.draft.at,
        state: delivery.state,
        attempts: delivery.attempts,
        tried_at: last.as_ref().map(|attempt| attempt.at),
        code: last.as_ref().and_then(|attempt| attempt.code),
        duration_ms: last.as_ref().map(|attempt| attempt.duration_ms),
        reason: delivery.problem,
        next_at: Some(delivery.next_at).filter(|_| delivery.state == DeliveryState::Waiting),
    }
}
