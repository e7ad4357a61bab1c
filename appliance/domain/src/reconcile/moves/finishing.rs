//! What has changed since the last pass is sent, while it stands still.

use super::{Moving, Outcome, copying};
use crate::Domain;

pub(super) fn step(domain: &Domain, moving: &Moving) -> Outcome {
    copying::step(domain, moving)
}
