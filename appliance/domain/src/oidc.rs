//! Signing in by a provider outside: the authorization code flow with PKCE (OpenID Connect Core 1.0 section 3.1, RFC 7636).
//!
//! Nothing is kept between the way out and the way back: all of it stands in a ticket that only this Control Center can
//! open, and that the browser holds. So a stranger who begins any number of sign-ins fills nothing, and an answer is taken
//! only from the browser that began.
//!
//! Attacker's input: tickets and answers of any kind; and everything that a provider says, see [`outward`].

mod begin;
mod finish;
mod list;
mod newcomer;
mod offered;
mod outward;
mod remove;
mod set;
mod show;
mod ticket;
mod trouble;
mod verify;

pub(crate) use finish::bind;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::oidc::{NameClaim, OidcView};
use rackwright_model::{AccountId, Name};
use rackwright_store::account::account_get;
use rackwright_store::brand::brand_account;
use rackwright_store::oidc::{OidcRow, oidc_named};
use rackwright_store::{Connection, StoreError};

use crate::Refusal;
use crate::caller::Actor;
use crate::person::attempts::Attempts;
use crate::refusal::not_found;

/// What is remembered of providers while the Control Center runs.
#[derive(Default)]
pub(crate) struct Outside {
    /// What providers say of themselves.
    known: outward::Known,
    spent: ticket::Spent,
    /// Ways back that did not end in a session.
    tries: Attempts,
}

/// What a client secret is sealed for. It opens for this issuer only.
fn purpose(account: AccountId, name: &Name, issuer: &str) -> String {
    format!("oidc {account} {name} {issuer}")
}

fn view(tx: &Connection, row: OidcRow) -> Result<OidcView, Refusal> {
    let people = match &row.draft.people {
        Some((role, account)) => Some((crate::person::role_of_word(role)?, account_get(tx, *account)?)),
        None => None,
    };
    let (role, people_account) = people.map(|(role, account)| (role, account.map(|own| own.name))).unzip();
    Ok(OidcView {
        claim: claim(&row)?,
        name: row.draft.name,
        account: row.account_name,
        title: row.draft.title,
        issuer: row.draft.issuer,
        client_id: row.draft.client_id,
        secret: row.draft.client_secret.is_some(),
        role,
        people_account: people_account.flatten(),
        linked: row.linked,
        created_at: row.created_at,
    })
}

fn claim(row: &OidcRow) -> Result<NameClaim, StoreError> {
    let word = &row.draft.claim;
    NameClaim::from_word(word).ok_or_else(|| StoreError::Unreadable { what: "claim", value: word.clone() })
}

/// The provider with this name, of the account that is named or the actor's own.
fn chosen(
    tx: &Connection,
    actor: &Actor,
    account: Option<&Name>,
    name: &Name,
    attempted: &str,
) -> Result<OidcRow, Refusal> {
    let account = crate::account::chosen(tx, actor, account, attempted)?;
    Ok(oidc_named(tx, account.id, name)?.ok_or_else(|| unknown(attempted, name))?)
}

pub(crate) fn unknown(attempted: &str, name: &Name) -> Fault {
    not_found(attempted, "oidc", name)
}

/// The account whose sign-in page stands at this address: the one with that host name, or else the provider's.
fn at(tx: &Connection, base: &str) -> Result<AccountId, StoreError> {
    let authority = base.trim_start_matches("https://");
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host).to_lowercase();
    Ok(brand_account(tx, &host)?.unwrap_or(AccountId::PROVIDER))
}
