//! White label: the look of the panels of an account and of those below it.

mod find;
mod logo;
mod remove;
mod set;
mod show;

use rackwright_catalog::Fault;
use rackwright_catalog::actions::brand::{BrandFace, BrandView};
use rackwright_model::Tier;
use rackwright_store::Connection;
use rackwright_store::account::Account;
use rackwright_store::brand::{brand_get, brand_seen};

use crate::Refusal;
use crate::refusal::conflict;

/// What people of the account with this path see.
pub(crate) fn face(tx: &Connection, path: &str) -> Result<BrandFace, Refusal> {
    let seen = brand_seen(tx, path)?;
    let plain = BrandFace::default();
    Ok(BrandFace { title: seen.title.unwrap_or(plain.title), accent: seen.accent, logo: seen.logo })
}

fn view(tx: &Connection, account: &Account) -> Result<BrandView, Refusal> {
    let host = brand_get(tx, account.id)?.and_then(|own| own.host);
    Ok(BrandView { account: account.name.clone(), face: face(tx, &account.path)?, host })
}

/// Customers are shown the look of whoever sells to them.
fn has_a_look(account: &Account, attempted: &str) -> Result<(), Fault> {
    if account.tier == Tier::Customer {
        let advice = "Set it for the account above.";
        return Err(conflict(
            attempted,
            "the panels of a customer look like those of the account above",
            advice,
        ));
    }
    Ok(())
}
