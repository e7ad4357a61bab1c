//! The tree of accounts. What lies outside an actor's tree is answered exactly like what does not exist.

mod create;
mod list;
pub(crate) mod naming;
mod remove;
mod rename;
mod show;
mod suspend;

use rackwright_catalog::actions::account::AccountView;
use rackwright_model::{AccountId, Name, Scope};
use rackwright_store::Connection;
use rackwright_store::account::{Account, account_get, account_named};

use crate::Refusal;
use crate::caller::Actor;
use crate::refusal::{conflict, not_found};

/// The account with this name, or the fault that there is none.
pub(crate) fn named(
    tx: &Connection,
    scope: &Scope,
    name: &Name,
    attempted: &str,
) -> Result<Account, Refusal> {
    account_named(tx, scope, name)?.ok_or_else(|| not_found(attempted, "account", name).into())
}

/// The account that is named, or the actor's own.
pub(crate) fn chosen(
    tx: &Connection,
    actor: &Actor,
    name: Option<&Name>,
    attempted: &str,
) -> Result<Account, Refusal> {
    named(tx, &actor.scope, name.unwrap_or(&actor.account_name), attempted)
}

/// The account with this name, which must not be the actor's own nor the provider's.
fn below(tx: &Connection, actor: &Actor, name: &Name, attempted: &str) -> Result<Account, Refusal> {
    let account = named(tx, &actor.scope, name, attempted)?;
    if account.id == AccountId::PROVIDER || account.id == actor.account {
        let advice = "Do it to an account below yours; list them with: rackwright account list";
        return Err(conflict(attempted, "nobody can do that to their own account", advice).into());
    }
    Ok(account)
}

/// What an actor sees of an account: of what lies above its own, not even the name.
fn view(account: Account, actor: &Actor) -> AccountView {
    AccountView {
        parent: account.parent.filter(|_| account.id != actor.account),
        id: account.id,
        name: account.name,
        title: account.title,
        tier: account.tier,
        suspended_at: account.suspended_at,
        created_at: account.created_at,
    }
}

/// The account as it is after a change.
fn again(tx: &Connection, id: AccountId, attempted: &str) -> Result<Account, Refusal> {
    account_get(tx, id)?.ok_or_else(|| not_found(attempted, "account", &id).into())
}
