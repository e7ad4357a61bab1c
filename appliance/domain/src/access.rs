//! From a credential to an actor, and the first person of a new Control Center.

use std::fmt::Display;

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_model::{Millis, UserId};
use rackwright_store::Connection;
use rackwright_store::audit::{AuditDraft, audit_insert};
use rackwright_store::person::{Person, person_get, person_insert, person_list};
use rackwright_store::session::session_person;
use rackwright_store::token::{TokenRow, token_live, token_used};

use crate::caller::{Actor, Credential, Origin};
use crate::person::{password, role};
use crate::{Domain, Refusal, secret};

/// Who signs in first.
const FIRST: &str = "admin";
/// A token's last use is kept to the minute, so that a busy token costs no writes.
const USE_GRAIN_MS: i64 = 60_000;

impl Domain {
    /// Who the credential proves.
    ///
    /// # Errors
    /// [`FaultCode::NotSignedIn`] when it is unknown, expired or revoked.
    pub(crate) async fn authenticate(
        &self,
        credential: &Credential,
        attempted: &str,
    ) -> Result<Actor, Fault> {
        match credential {
            Credential::None => Ok(Actor::nobody()),
            Credential::LocalRoot => {
                Ok(Actor { name: "root".to_owned(), role: Role::Owner, by: "local", ..Actor::nobody() })
            }
            Credential::Bearer(text) if text.starts_with("rws_") => self.of_session(text, attempted).await,
            Credential::Bearer(text) if text.starts_with("rwt_") => self.of_token(text, attempted).await,
            Credential::Bearer(_) => Err(not_valid(attempted, &"credential")),
        }
    }

    /// Creates the person `admin` with a random password when nobody can sign in yet. Returns that password: it is
    /// nowhere else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_admin(&self) -> Result<Option<String>, Refusal> {
        if !self.read(|tx| Ok(person_list(tx)?.is_empty())).await? {
            return Ok(None);
        }
        let password = password::random(&*self.ports.chance);
        let hash = password::hash(&*self.ports.chance, password.clone(), "create the first user").await?;
        let at = self.now();
        let created = self.write(move |tx| insert_first(tx, &hash, at)).await?;
        Ok(created.then_some(password))
    }

    async fn of_session(&self, text: &str, attempted: &str) -> Result<Actor, Fault> {
        let (hash, now) = (secret::fingerprint(text), self.now());
        let key = hash.clone();
        let person = self.look(attempted, move |tx| person_of(tx, session_person(tx, &key, now)?)).await?;
        let person = person.ok_or_else(|| not_valid(attempted, &"session"))?;
        Ok(Actor { session_hash: Some(hash), ..actor(person, "session") })
    }

    async fn of_token(&self, text: &str, attempted: &str) -> Result<Actor, Fault> {
        let (hash, now) = (secret::fingerprint(text), self.now());
        let key = hash.clone();
        let found = self
            .look(attempted, move |tx| {
                let token = token_live(tx, &key, now)?;
                let person = person_of(tx, token.as_ref().map(|token| token.person))?;
                Ok(token.zip(person))
            })
            .await?;
        let (token, person) = found.ok_or_else(|| not_valid(attempted, &"API token"))?;
        self.note_use(hash, &token, now).await;
        Ok(actor(person, "token"))
    }

    /// A full disk must not keep a program from looking, so a failed note is only logged.
    async fn note_use(&self, hash: String, token: &TokenRow, now: Millis) {
        if token.used_at.is_some_and(|used| now.since(used) < USE_GRAIN_MS) {
            return;
        }
        if let Err(error) = self.write(move |tx| Ok(token_used(tx, &hash, now)?)).await {
            tracing::warn!(token.name = %token.name, "the use of an API token could not be noted: {error}");
        }
    }
}

/// A person whose role is a word of this version.
fn person_of(tx: &Connection, id: Option<UserId>) -> Result<Option<(Person, Role)>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let person = person_get(tx, id)?;
    Ok(person.map(|person| role(&person).map(|role| (person, role))).transpose()?)
}

fn actor((person, role): (Person, Role), by: &'static str) -> Actor {
    Actor { id: Some(person.id), name: person.name, role, by, session_hash: None }
}

/// Whether the person was created: two daemons may have found an empty table.
fn insert_first(tx: &Connection, hash: &str, at: Millis) -> Result<bool, Refusal> {
    if !person_list(tx)?.is_empty() {
        return Ok(false);
    }
    let role = Role::Owner.word();
    person_insert(tx, FIRST, role, hash, at)?;
    let draft = AuditDraft {
        actor: "system".to_owned(),
        origin: Origin::System.word().to_owned(),
        action: "user.create".to_owned(),
        input: serde_json::json!({"user": FIRST, "role": role}).to_string(),
        result: "done".to_owned(),
    };
    audit_insert(tx, at, &draft)?;
    Ok(true)
}

fn not_valid(attempted: &str, what: &dyn Display) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempted,
        format!("the {what} is unknown, expired or revoked"),
        "Sign in again, or make a new API token.",
    )
}
