//! Signing in.

use rackwright_catalog::actions::session::{SessionOpen, SessionOpenInput, SessionOpened};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::person_signed_in;
use rackwright_store::session::session_insert;

use crate::{Caller, Domain, secret};

/// How long a session lasts: twelve hours.
const LASTS_MS: i64 = 12 * 3_600_000;

impl Handle<SessionOpen, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionOpenInput) -> Result<SessionOpened, Fault> {
        let attempted = format!("sign in as {:?}", input.user);
        let person = self.proven(&input.user, input.password, &attempted).await?;
        let role = super::role(&person).map_err(|error| crate::Refusal::from(error).fault(&attempted))?;
        let session = secret::credential(&*self.ports.chance, "rws");
        let (hash, id, at) = (secret::fingerprint(&session), person.id, self.now());
        let expires_at = at.plus(LASTS_MS);
        self.change(caller, &attempted, move |tx| {
            person_signed_in(tx, id, at)?;
            Ok(session_insert(tx, &hash, id, at, expires_at)?)
        })
        .await?;
        Ok(SessionOpened { session, expires_at, user: person.name, role })
    }
}
