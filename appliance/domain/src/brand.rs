//! White label: the look of the panels of an account and of those below it.

mod find;
mod logo;
mod remove;
mod set;
mod show;

use rackwright_catalog::Fault;
use rackwright_catalog::actions::brand::{BrandFace, BrandPart, BrandView};
use rackwright_model::Tier;
use rackwright_store::Connection;
use rackwright_store::account::Account;
use rackwright_store::brand::{Brand, brand_get, brand_seen};
use serde_json::json;

use crate::Refusal;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};

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

/// How the panels of the account get the look that they had. What is as it was is left alone: not everybody may set it.
fn back(account: &Account, before: Option<Brand>, after: &Brand) -> Inverse {
    let thing = Thing::Brand(account.name.clone());
    let Some(before) = before else {
        return Inverse { action: "brand.remove", input: json!({"account": account.name}), thing };
    };
    let parts = [
        (BrandPart::Title, json!(before.title), before.title == after.title),
        (BrandPart::Accent, json!(before.accent), before.accent == after.accent),
        (BrandPart::Host, json!(before.host), before.host == after.host),
        (BrandPart::Logo, json!(before.png), before.png == after.png),
    ];
    let (mut input, mut without) = (json!({"account": account.name}), Vec::new());
    for (part, value, _) in parts.into_iter().filter(|(_, _, same)| !same) {
        if value.is_null() {
            without.push(part);
        } else if let Some(field) = json!(part).as_str() {
            input[field] = value;
        }
    }
    input["without"] = json!(without);
    Inverse { action: "brand.set", input, thing }
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
