//! From a credential to an actor.

use std::fmt::Display;

use rackwright_catalog::{Fault, FaultCode, Permission};
use rackwright_model::{Millis, UserId};
use rackwright_store::Connection;
use rackwright_store::account::account_is_suspended;
use rackwright_store::person::{Person, person_get};
use rackwright_store::session::{SessionRow, session_live, session_seen};
use rackwright_store::token::{TokenRow, token_live, token_used};

use crate::caller::{Actor, Credential};
use crate::person::limits;
use crate::{Domain, Refusal, secret};

/// A last use is kept to the minute, so that busy tokens and sessions cost no writes.
const USE_GRAIN_MS: i64 = 60_000;

impl Domain {
    /// Who the credential proves.
    ///
    /// # Errors
    /// [`FaultCode::NotSignedIn`] when it is unknown, expired or revoked, or when the account is suspended.
    pub(crate) async fn authenticate(
        &self,
        credential: &Credential,
        attempted: &str,
    ) -> Result<Actor, Fault> {
        match credential {
            Credential::None => Ok(Actor::nobody()),
            Credential::LocalRoot => Ok(Actor::local_root()),
            Credential::Bearer(text) if text.starts_with("rws_") => self.of_session(text, attempted).await,
            Credential::Bearer(text) if text.starts_with("rwt_") => self.of_token(text, attempted).await,
            Credential::Bearer(_) => Err(not_valid(attempted, &"credential")),
        }
    }

    async fn of_session(&self, text: &str, attempted: &str) -> Result<Actor, Fault> {
        let (hash, now) = (secret::fingerprint(text), self.now());
        let key = hash.clone();
        let found = self.look(attempted, move |tx| session_actor(tx, &key, now)).await?;
        let (session, actor) = found.ok_or_else(|| not_valid(attempted, &"session"))?;
        if is_due(session.seen_at, now) {
            let key = hash.clone();
            self.note_use(&session.id, move |tx| Ok(session_seen(tx, &key, now)?)).await;
        }
        Ok(Actor { session_hash: Some(hash), ..actor })
    }

    async fn of_token(&self, text: &str, attempted: &str) -> Result<Actor, Fault> {
        let (hash, now) = (secret::fingerprint(text), self.now());
        let key = hash.clone();
        let found = self.look(attempted, move |tx| token_actor(tx, &key, now)).await?;
        let (token, actor) = found.ok_or_else(|| not_valid(attempted, &"API token"))?;
        if is_due(token.used_at, now) {
            self.note_use(token.name.as_str(), move |tx| Ok(token_used(tx, &hash, now)?)).await;
        }
        Ok(actor)
    }

    /// A full disk must not keep anybody from looking, so a failed note is only logged.
    async fn note_use(
        &self,
        name: &str,
        note: impl FnOnce(&Connection) -> Result<(), Refusal> + Send + 'static,
    ) {
        if let Err(error) = self.write(note).await {
            tracing::warn!(credential = name, "the use of a credential could not be noted: {error}");
        }
    }
}

fn is_due(noted: Option<Millis>, now: Millis) -> bool {
    noted.is_none_or(|at| now.since(at) >= USE_GRAIN_MS)
}

fn session_actor(tx: &Connection, hash: &str, now: Millis) -> Result<Option<(SessionRow, Actor)>, Refusal> {
    let Some(session) = session_live(tx, hash, now)? else { return Ok(None) };
    let Some(own) = welcome(tx, session.person)? else { return Ok(None) };
    let Some(other) = session.acting_as else {
        return Ok(Some((session, Actor::person(&own, "session")?)));
    };
    // Whoever lost the right to be there, or whose host was suspended, is no longer there.
    let entering = Actor::person(&own, "session")?;
    let actor = welcome(tx, other)?
        .filter(|host| entering.may(Permission::Enter) && entering.scope.is_above(&host.account_path))
        .map(|host| Actor::person(&host, "session"))
        .transpose()?;
    Ok(actor.map(|actor| (session, Actor { behind: Some(own.name), ..actor })))
}

fn token_actor(tx: &Connection, hash: &str, now: Millis) -> Result<Option<(TokenRow, Actor)>, Refusal> {
    let Some(token) = token_live(tx, hash, now)? else { return Ok(None) };
    let Some(person) = welcome(tx, token.person)? else { return Ok(None) };
    let actor = Actor {
        limits: limits(&token),
        token_until: Some(token.expires_at),
        ..Actor::person(&person, "token")?
    };
    Ok(Some((token, actor)))
}

/// The person, unless the account or one above it is suspended.
fn welcome(tx: &Connection, id: UserId) -> Result<Option<Person>, Refusal> {
    let Some(person) = person_get(tx, id)? else { return Ok(None) };
    Ok(if account_is_suspended(tx, &person.account_path)? { None } else { Some(person) })
}

fn not_valid(attempted: &str, what: &dyn Display) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        format!("the {what} is unknown, expired or revoked"),
        "Sign in again, or make a new API token.",
    )
}
