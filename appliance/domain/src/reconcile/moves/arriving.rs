//! It belongs to the target, which starts it if it was on.

use rackwright_model::private_server::{MoveEvent, Phase, Power};

use super::{Moving, Outcome};

pub(super) fn step(moving: &Moving) -> Outcome {
    let wanted = &moving.server.wanted;
    let goal = match (wanted.power, wanted.suspended) {
        (Power::On, false) => Phase::Running,
        (Power::On, true) | (Power::Off, _) => Phase::Stopped,
    };
    // Until then the target goes on trying; it is not taken back, because its files here are the newer ones.
    match moving.server.phase.filter(|_| moving.server.is_current()) {
        Some(phase) if phase == goal => Outcome::Advance(MoveEvent::Seen(phase)),
        Some(_) | None => Outcome::Wait(None),
    }
}
