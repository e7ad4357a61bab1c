//! What happens to private servers by itself, as webhooks are told of it. Each word goes to the account that the private
//! server belongs to and to those above; where it stands is not its owner's business, so no word names a server.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_catalog::event::{
    Occurrence, PRIVATE_SERVER_FAILED, PRIVATE_SERVER_FROZEN, PRIVATE_SERVER_REACHABLE,
    PRIVATE_SERVER_RUNNING, PRIVATE_SERVER_UNREACHABLE,
};
use rackwright_model::private_server::{MoveStage, Phase, Seen};
use rackwright_model::{Millis, PrivateServerId, ServerId};
use rackwright_store::Connection;
use rackwright_store::private_server::{PrivateServer, private_server_on};
use serde_json::json;

use super::view::waits;
use crate::Refusal;
use crate::publish::happened;

/// The generations whose failure was told. An agent tries again by itself, and each try passes through other phases.
pub(crate) type Told = HashMap<PrivateServerId, u64>;

/// By server. In memory: after a restart, what failed last is in the records.
#[derive(Default)]
pub(crate) struct Failing(Mutex<HashMap<ServerId, Told>>);

impl Failing {
    pub(crate) fn of(&self, server: ServerId) -> Told {
        self.lock().get(&server).cloned().unwrap_or_default()
    }

    /// From now on these; one server says one thing at a time.
    pub(crate) fn keep(&self, server: ServerId, told: Told) {
        let mut all = self.lock();
        if told.is_empty() {
            all.remove(&server);
        } else {
            all.insert(server, told);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ServerId, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tell those who hear of this private server.
pub(crate) fn tell(
    tx: &Connection,
    at: Millis,
    occurrence: Occurrence,
    row: &PrivateServer,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    let object = json!({"private_server": row.wanted.name});
    happened(tx, at, occurrence, row.wanted.account, object, reason)
}

/// The server that these stand on does not answer any more, or answers again.
pub(crate) fn reach(tx: &Connection, at: Millis, server: ServerId, answers: bool) -> Result<(), Refusal> {
    for row in private_server_on(tx, server)?.into_iter().filter(|row| !row.wanted.removing) {
        let (occurrence, reason) = if answers {
            (PRIVATE_SERVER_REACHABLE, None)
        } else {
            (PRIVATE_SERVER_UNREACHABLE, Some(waits(&row)))
        };
        tell(tx, at, occurrence, &row, reason)?;
    }
    Ok(())
}

/// What is worth a word in what an agent saw, beside what is on record of it. Of one that is being removed or stands still
/// on its way the end is told.
pub(crate) fn turned(row: &PrivateServer, seen: &Seen, told: &mut Told) -> Option<Occurrence> {
    if row.phase == Some(Phase::Failed)
        && let Some(generation) = row.phase_generation
    {
        told.insert(row.id, generation);
    }
    let tells = !row.wanted.removing && !row.moving.is_some_and(MoveStage::stands_still);
    let new = tells && row.phase != Some(seen.phase);
    match seen.phase {
        // A failure of what is not wanted any more is none.
        Phase::Failed if seen.generation < row.generation => None,
        Phase::Failed => {
            let before = told.insert(row.id, seen.generation);
            (tells && before != Some(seen.generation)).then_some(PRIVATE_SERVER_FAILED)
        }
        Phase::Running => {
            told.remove(&row.id);
            new.then_some(PRIVATE_SERVER_RUNNING)
        }
        Phase::Frozen => {
            told.remove(&row.id);
            new.then_some(PRIVATE_SERVER_FROZEN)
        }
        Phase::Stopped | Phase::Gone => {
            told.remove(&row.id);
            None
        }
        Phase::Fetching | Phase::Making | Phase::Starting | Phase::Stopping | Phase::Removing => None,
    }
}
