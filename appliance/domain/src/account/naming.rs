//! Which names may be given to accounts, people and private servers.
//!
//! These names are unique over the whole Control Center, so the answer "is taken" could tell what exists elsewhere.
//! Therefore every account owns the names that begin with its own name and a hyphen: whoever works in `acme` names things
//! `acme-…`, and nobody else can. A clash then is always with something of the same tree.

use rackwright_catalog::{Fault, FieldProblem};
use rackwright_model::{AccountId, Name, Scope};
use rackwright_store::Connection;
use rackwright_store::account::{Account, account_named, account_paths_beginning};
use rackwright_store::person::person_paths_beginning;
use rackwright_store::private_server::private_server_paths_beginning;

use crate::Refusal;
use crate::caller::Actor;
use crate::refusal::conflict;

/// Whether the actor may give an account at or below `path` this name. `own` holds the accounts that go with it: its own
/// tree when it is renamed, nothing when it is new.
///
/// # Errors
/// The fault that says which names may be given.
pub(crate) fn account(
    tx: &Connection,
    actor: &Actor,
    path: &str,
    own: &Scope,
    name: &Name,
    attempted: &str,
) -> Result<(), Refusal> {
    anything(tx, actor, path, "name", name.as_str(), attempted)?;
    if account_named(tx, &Scope::everything(), name)?.is_some() {
        let reason = format!("there is an account {name} already");
        return Err(conflict(attempted, reason, "Choose another name.").into());
    }
    let begins = format!("{name}-");
    let mut others = account_paths_beginning(tx, &begins)?;
    others.extend(person_paths_beginning(tx, &begins)?);
    others.extend(private_server_paths_beginning(tx, &begins)?);
    if others.iter().all(|other| own.covers(other)) {
        return Ok(());
    }
    let reason =
        format!("there are accounts, users or private servers elsewhere whose names begin with {begins}");
    Err(conflict(attempted, reason, "Choose another name.").into())
}

/// Whether the actor may let somebody into the account at `path` under this name.
///
/// # Errors
/// The fault that says which names may be given.
pub(crate) fn person(
    tx: &Connection,
    actor: &Actor,
    path: &str,
    name: &str,
    attempted: &str,
) -> Result<(), Refusal> {
    anything(tx, actor, path, "user", name, attempted)
}

/// Whether the actor may call a private server of the account at `path` so.
///
/// # Errors
/// The fault that says which names may be given.
pub(crate) fn private_server(
    tx: &Connection,
    actor: &Actor,
    path: &str,
    name: &Name,
    attempted: &str,
) -> Result<(), Refusal> {
    anything(tx, actor, path, "name", name.as_str(), attempted)
}

fn anything(
    tx: &Connection,
    actor: &Actor,
    path: &str,
    field: &str,
    name: &str,
    attempted: &str,
) -> Result<(), Refusal> {
    let prefix = format!("{}-", actor.account_name);
    if actor.account != AccountId::PROVIDER && !name.starts_with(&prefix) {
        let problem = FieldProblem::new(field, format!("must begin with {prefix}"));
        return Err(Fault::invalid(attempted, vec![problem]).into());
    }
    match owner_elsewhere(tx, path, name)? {
        None => Ok(()),
        Some(owner) => {
            let reason = format!("names that begin with {}- belong to account {}", owner.name, owner.name);
            Err(conflict(attempted, reason, "Choose another name, or do it in that account.").into())
        }
    }
}

/// An account that owns the name, and that `path` does not lie in.
fn owner_elsewhere(tx: &Connection, path: &str, name: &str) -> Result<Option<Account>, Refusal> {
    for (at, _) in name.match_indices('-') {
        let Ok(prefix) = name[..at].parse::<Name>() else { continue };
        let owner = account_named(tx, &Scope::everything(), &prefix)?;
        // Names of the provider are everybody's: its own name owns nothing.
        let elsewhere = |owner: &Account| {
            owner.id != AccountId::PROVIDER && !Scope::tree(owner.path.clone()).covers(path)
        };
        if let Some(owner) = owner.filter(elsewhere) {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}
