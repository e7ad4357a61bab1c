//! A new session of somebody who has just proven who it is.

use rackwright_model::UserId;
use rackwright_store::session::SessionRow;

use crate::{Caller, Domain, secret};

/// How long a session lasts: twelve hours.
const LASTS_MS: i64 = 12 * 3_600_000;

impl Domain {
    /// The credential, and the row to store with it.
    pub(crate) fn fresh_session(&self, caller: &Caller, person: UserId) -> (String, SessionRow) {
        let session = secret::credential(&*self.ports.chance, "rws");
        let at = self.now();
        let row = SessionRow {
            hash: secret::fingerprint(&session),
            id: secret::short_id(&*self.ports.chance),
            person,
            origin: caller.whence.origin.word().to_owned(),
            address: caller.whence.address.map(|address| address.to_string()),
            acting_as: None,
            created_at: at,
            expires_at: at.plus(LASTS_MS),
            seen_at: Some(at),
        };
        (session, row)
    }
}
