//! It stops at the source; from here on it stands still.

use rackwright_model::private_server::{MoveEvent, Phase};

use super::{Moving, Outcome};
use crate::Domain;

pub(super) fn step(domain: &Domain, moving: &Moving) -> Outcome {
    if !domain.presence.of(moving.row.from).connected {
        return Outcome::Wait(None);
    }
    match moving.server.phase.filter(|_| moving.server.is_current()) {
        Some(Phase::Stopped) if moving.server.wanted.nas.is_some() => Outcome::Advance(MoveEvent::Freed),
        Some(Phase::Stopped) => Outcome::Advance(MoveEvent::Stopped),
        Some(Phase::Failed) => Outcome::Fail("it could not be stopped".to_owned()),
        Some(_) | None => Outcome::Wait(None),
    }
}
