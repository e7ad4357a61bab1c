//! Its files are sent while it runs, and again what has changed meanwhile, until that is little; what is left then is sent
//! while it stands still.

use rackwright_model::private_server::MoveEvent;

use super::{Moving, Outcome};
use crate::Domain;
use crate::private_server::transfers::{Next, Until};

pub(super) fn step(domain: &Domain, moving: &Moving) -> Outcome {
    match domain.transfer(moving, Until::Passed) {
        Next::Passed { pass, ms } => Outcome::Advance(MoveEvent::Passed { pass, ms }),
        Next::Failed(reason) => Outcome::Fail(reason),
        Next::Wait { permille } => Outcome::Wait(Some(permille)),
        Next::Ready => Outcome::Wait(None),
    }
}
