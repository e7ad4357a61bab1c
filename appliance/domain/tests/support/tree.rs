//! Accounts of a test: the reseller `acme` with the customers `acme-shop` and `acme-club`, the reseller `zeta` with the
//! customer `zeta-shop`, and the customer `solo` of the provider's own. They are made when they are first asked for.

use rackwright_domain::Refusal;
use rackwright_model::{AccountId, Name, Scope, Tier};
use rackwright_store::Connection;
use rackwright_store::account::{account_get, account_insert, account_named};

use super::START;

/// Make the account with this name, and those above it.
pub fn grow(tx: &Connection, name: &Name) -> Result<AccountId, Refusal> {
    if let Some(account) = account_named(tx, &Scope::everything(), name)? {
        return Ok(account.id);
    }
    let (parent, tier) = match name.as_str().split_once('-') {
        Some((reseller, _)) => (grow(tx, &reseller.parse().expect("a name"))?, Tier::Customer),
        None if name.as_str() == "solo" => (AccountId::PROVIDER, Tier::Customer),
        None => (AccountId::PROVIDER, Tier::Reseller),
    };
    let parent = account_get(tx, parent)?.expect("was made");
    Ok(account_insert(tx, &parent, name, name.as_str(), tier, START)?)
}
