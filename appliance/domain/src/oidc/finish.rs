//! The way back: a session of the person whom the provider vouches for, or a link of the one who is signed in.

use rackwright_catalog::actions::oidc::{OidcFinish, OidcFinishInput, OidcFinished};
use rackwright_catalog::actions::session::SessionOpened;
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::Scope;
use rackwright_store::Connection;
use rackwright_store::account::account_is_suspended;
use rackwright_store::identity::{IdentityRow, identity_get, identity_insert, identity_of, identity_used};
use rackwright_store::oidc::{OidcRow, oidc_get};
use rackwright_store::person::{Person, person_get, person_signed_in};
use rackwright_store::session::{session_insert, session_live};
use serde_json::json;

use super::newcomer::{self, Newcomer};
use super::ticket::{Link, Ticket, invalid};
use super::verify::{Vouched, plain};
use crate::caller::Actor;
use crate::person::proof::{suspended_fault, too_many};
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal};

impl Handle<OidcFinish, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OidcFinishInput) -> Result<OidcFinished, Fault> {
        let attempted = "sign in by a provider";
        let ticket = self.spend_ticket(&input.ticket, &input.state, attempted)?;
        let (id, issuer) = (ticket.provider, ticket.issuer.clone());
        let row = self.look(attempted, move |tx| Ok(oidc_get(tx, id)?)).await?;
        let row = row.filter(|row| row.draft.issuer == issuer).ok_or_else(|| changed(attempted))?;
        // So that no provider can pass on to us what another one said.
        if input.iss.as_ref().is_some_and(|iss| *iss != row.draft.issuer) {
            return Err(invalid(
                attempted,
                "iss",
                "the answer is of another provider than the one that was asked",
            ));
        }
        let code = code(&row, input, attempted)?;
        let tries = format!("oidc {}", row.id);
        self.outside
            .tries
            .admit(&tries, caller.whence.address, self.now())
            .map_err(|wait_s| too_many(attempted, "answers of the provider", wait_s))?;
        let vouched = self
            .vouched(&row, &ticket, code)
            .await
            .map_err(|trouble| trouble.told(&row.draft.title, attempted))?;
        let finished = match ticket.link.clone() {
            None => self.opened(caller, row, vouched, attempted).await?,
            Some(link) => self.linked(caller, (row, ticket), link, vouched, attempted).await?,
        };
        self.outside.tries.forgive(&tries, caller.whence.address, self.now());
        Ok(finished)
    }
}

/// The code, or why the provider gave none.
fn code(row: &OidcRow, input: OidcFinishInput, attempted: &str) -> Result<String, Fault> {
    let title = &row.draft.title;
    let none = |reason: String, advice: &str| Fault {
        reason,
        advice: advice.to_owned(),
        ..invalid(attempted, "code", "is missing")
    };
    match (input.error.as_deref(), input.code) {
        (None, Some(code)) => Ok(code),
        (Some("access_denied"), _) => Err(none(
            format!("{title} was told not to sign you in, or does not let you in here"),
            "Try again if you cancelled it by mistake, or sign in with name and password.",
        )),
        (Some(error), _) => Err(none(
            format!("{title} did not sign you in: {}", plain(error, 64)),
            "Try again. If it stays so, tell whoever runs this Control Center.",
        )),
        (None, None) => Err(none(format!("{title} sent neither a code nor a reason"), "Try again.")),
    }
}

/// What goes on record of the answer: who vouched, for whom.
fn on_record(row: &OidcRow, vouched: &Vouched) -> String {
    json!({"name": row.draft.name, "issuer": row.draft.issuer, "subject": vouched.subject}).to_string()
}

impl Domain {
    async fn opened(
        &self,
        caller: &Caller,
        row: OidcRow,
        vouched: Vouched,
        attempted: &str,
    ) -> Result<OidcFinished, Fault> {
        let (provider, who, phrase) = (row.clone(), vouched.clone(), attempted.to_owned());
        let found = self.look(attempted, move |tx| person(tx, &provider, &who, &phrase)).await?;
        let newcomer = match &found {
            Some(_) => None,
            None => Some(Newcomer::of(&row, &vouched, attempted)?),
        };
        let (title, record, at) = (row.draft.title.clone(), on_record(&row, &vouched), self.now());
        // A newcomer has no name on record yet, so the provider stands for it.
        let caller = match &found {
            Some(person) => caller.proven_by(actor(person, attempted)?, record),
            None => caller.proven_by(Actor::system(), record),
        };
        let (session, draft) = self.fresh_session(&caller, rackwright_model::UserId(0));
        let (phrase, expires_at) = (attempted.to_owned(), draft.expires_at);
        let (user, role) = self
            .change(&caller, attempted, move |tx| {
                is_as_it_was(tx, &row, &phrase)?;
                let person = match newcomer {
                    // Looked at again: much can have changed since.
                    None => {
                        person(tx, &row, &vouched, &phrase)?.ok_or_else(|| newcomer::closed(&row, &phrase))?
                    }
                    Some(newcomer) => newcomer.enter(tx, &row, &vouched, at, &phrase)?,
                };
                identity_used(tx, row.id, &vouched.subject, at)?;
                person_signed_in(tx, person.id, at)?;
                let role = crate::person::role(&person)?;
                session_insert(tx, &rackwright_store::session::SessionRow { person: person.id, ..draft })?;
                Ok((person.name, role))
            })
            .await?;
        Ok(OidcFinished {
            message: format!("Signed in as {user} by {title}."),
            opened: Some(SessionOpened { session, expires_at, user: user.clone(), role }),
            user,
        })
    }

    async fn linked(
        &self,
        caller: &Caller,
        (row, ticket): (OidcRow, Ticket),
        link: Link,
        vouched: Vouched,
        attempted: &str,
    ) -> Result<OidcFinished, Fault> {
        let (id, session, now) = (link.person, link.session, self.now());
        let person = self
            .look(attempted, move |tx| {
                let lasts = match &session {
                    Some(hash) => session_live(tx, hash, now)?
                        .is_some_and(|session| session.person == id && session.acting_as.is_none()),
                    None => true,
                };
                Ok(person_get(tx, id)?.filter(|_| lasts))
            })
            .await?
            .ok_or_else(|| invalid(attempted, "ticket", "whoever began this signed out meanwhile"))?;
        debug_assert_eq!(ticket.provider, row.id);
        let caller = caller.proven_by(actor(&person, attempted)?, on_record(&row, &vouched));
        let (title, phrase, user) = (row.draft.title.clone(), attempted.to_owned(), person.name.clone());
        self.change(&caller, attempted, move |tx| {
            is_as_it_was(tx, &row, &phrase)?;
            let identity = IdentityRow {
                provider: row.id,
                subject: vouched.subject.clone(),
                person: person.id,
                known_as: vouched.known_as(),
                created_at: now,
                used_at: None,
            };
            bind(tx, &row, &identity, &phrase)
        })
        .await?;
        Ok(OidcFinished { opened: None, message: format!("{user} signs in by {title} from now on."), user })
    }
}

fn changed(attempted: &str) -> Fault {
    invalid(attempted, "ticket", "the provider was changed or removed meanwhile")
}

/// What the provider said was asked of the entry that is still there.
fn is_as_it_was(tx: &Connection, row: &OidcRow, attempted: &str) -> Result<(), Refusal> {
    match oidc_get(tx, row.id)? {
        Some(now) if now.draft == row.draft => Ok(()),
        _ => Err(changed(attempted).into()),
    }
}

fn actor(person: &Person, attempted: &str) -> Result<Actor, Fault> {
    Actor::person(person, "session").map_err(|error| Refusal::from(error).fault(attempted))
}

/// Whoever is linked to what the provider calls somebody, if that person may sign in by this provider now.
fn person(
    tx: &Connection,
    row: &OidcRow,
    vouched: &Vouched,
    attempted: &str,
) -> Result<Option<Person>, Refusal> {
    let Some(identity) = identity_get(tx, row.id, &vouched.subject)? else { return Ok(None) };
    let Some(person) = person_get(tx, identity.person)? else { return Ok(None) };
    if !Scope::tree(row.account_path.clone()).covers(&person.account_path) {
        let reason = format!("{} lets nobody into the account {}", row.draft.title, person.account_name);
        let advice = "Sign in with name and password.";
        return Err(Fault::new(FaultCode::NotSignedIn, attempted, reason, advice).into());
    }
    if account_is_suspended(tx, &person.account_path)? {
        return Err(suspended_fault(attempted).into());
    }
    Ok(Some(person))
}

/// Link a person to what the provider calls somebody.
pub(crate) fn bind(
    tx: &Connection,
    row: &OidcRow,
    identity: &IdentityRow,
    attempted: &str,
) -> Result<(), Refusal> {
    let title = &row.draft.title;
    if let Some(other) = identity_get(tx, row.id, &identity.subject)? {
        let reason = if other.person == identity.person {
            format!("this link to {title} is there already")
        } else {
            format!("whoever signed in at {title} is linked to another user here")
        };
        let advice = "Sign out at the provider first if it signed in somebody else than you meant.";
        return Err(conflict(attempted, reason, advice).into());
    }
    if identity_of(tx, row.id, identity.person)?.is_some() {
        let reason = format!("there is a link to somebody else at {title} already");
        let advice = format!("End it first: rackwright identity unlink {}", row.draft.name);
        return Err(conflict(attempted, reason, advice).into());
    }
    Ok(identity_insert(tx, identity)?)
}
