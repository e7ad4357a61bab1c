//! The target fetches the template, makes room for the files and opens a port. For a disk on a NAS the template is all.

use rackwright_model::private_server::{MoveEvent, Phase};

use super::{Moving, Outcome};
use crate::Domain;
use crate::private_server::transfers::{Next, Until};

pub(super) fn step(domain: &Domain, moving: &Moving) -> Outcome {
    let Some(there) = &moving.there else {
        return Outcome::Fail("its place at the target is gone from the records".to_owned());
    };
    match there.seen_now().map(|seen| (seen.phase, seen)) {
        Some((Phase::Stopped, _)) => {}
        Some((Phase::Failed, seen)) => {
            let why = seen.reason.clone().unwrap_or_else(|| "it did not say why".to_owned());
            return Outcome::Fail(format!("{} could not make it ready: {why}", moving.target.name));
        }
        Some((_, seen)) => return Outcome::Wait(seen.progress),
        None => return Outcome::Wait(None),
    }
    if moving.server.wanted.nas.is_some() {
        return Outcome::Advance(MoveEvent::Near);
    }
    match domain.transfer(moving, Until::Ready) {
        Next::Ready | Next::Passed { .. } => {
            let runs = moving.server.is_current() && moving.server.phase == Some(Phase::Running);
            Outcome::Advance(MoveEvent::Ready { runs })
        }
        Next::Failed(reason) => Outcome::Fail(reason),
        Next::Wait { .. } => Outcome::Wait(None),
    }
}
