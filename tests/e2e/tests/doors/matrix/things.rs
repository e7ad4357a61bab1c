//! Things of accounts: which fields name them, and fresh ones to name.

use std::sync::atomic::{AtomicU32, Ordering};

use rackwright_catalog::{Entry, Role};
use rackwright_domain::Refusal;
use rackwright_model::{Scope, Tier};
use rackwright_store::Connection;
use rackwright_store::account::account_named;
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::person::{PersonDraft, person_insert};
use rackwright_store::private_server::{private_server_insert, private_server_number};
use rackwright_store::server::{server_insert, server_set_account};
use serde_json::{Value, json};

use crate::center::Center;
use crate::support::private::draft;
use crate::support::{START, tree};

/// Lists of things that belong to accounts.
const LISTS: [&str; 5] = ["server.list", "private-server.list", "account.list", "user.list", "job.list"];

/// Whose a thing is, seen from the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    Below,
    Beside,
    /// Of somebody below an account beside.
    BelowBeside,
    Above,
}

impl Whose {
    pub fn is_foreign(self) -> bool {
        !matches!(self, Self::Own | Self::Below)
    }
}

/// The account of a caller and those around it, in the accounts of [`tree`].
pub struct Home {
    tier: Tier,
}

impl Home {
    pub fn of(role: Role) -> Self {
        Self { tier: role.row().tier }
    }

    pub fn places(&self) -> Vec<Whose> {
        match self.tier {
            Tier::Provider => vec![Whose::Own, Whose::Below],
            Tier::Reseller => {
                vec![Whose::Own, Whose::Below, Whose::Beside, Whose::BelowBeside, Whose::Above]
            }
            Tier::Customer => vec![Whose::Own, Whose::Beside, Whose::BelowBeside, Whose::Above],
        }
    }

    fn account(&self, whose: Whose) -> &'static str {
        match (self.tier, whose) {
            (Tier::Provider, Whose::Own) | (Tier::Reseller, Whose::Above) => "provider",
            (Tier::Reseller, Whose::Own) | (Tier::Customer, Whose::Above) | (Tier::Provider, _) => "acme",
            (Tier::Customer, Whose::Own | Whose::Below) => "acme-shop",
            (Tier::Reseller, Whose::Below) | (Tier::Customer, Whose::Beside) => "acme-club",
            (Tier::Reseller, Whose::Beside) => "zeta",
            (Tier::Reseller | Tier::Customer, Whose::BelowBeside) => "zeta-shop",
        }
    }
}

/// The fields of an input that name something of an account, with the list that they are chosen from.
pub fn naming(entry: &Entry) -> Vec<(String, &'static str)> {
    let schema = (entry.input_schema)();
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let list = |field: &Value| LISTS.into_iter().find(|list| field["x-from"] == *list);
    fields.iter().filter_map(|(name, field)| Some((name.clone(), list(field)?))).collect()
}

/// The name of something that there is not.
pub fn missing(list: &str) -> Value {
    match list {
        "job.list" => json!(987_654),
        "user.list" => json!("nothing-kim"),
        _ => json!("nothing"),
    }
}

/// A fresh thing, because the last one may be gone by now; of the account itself there is only one.
pub async fn plant(center: &Center, list: &str, home: &Home, whose: Whose) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let account = home.account(whose);
    if list == "account.list" {
        let name = match whose {
            Whose::Below => format!("acme-n{count}"),
            _ => account.to_owned(),
        };
        let grown = name.parse().expect("a name");
        center.world.write(move |tx| tree::grow(tx, &grown)).await;
        return json!(name);
    }
    let list = list.to_owned();
    center
        .world
        .write(move |tx| {
            let name = account.parse().expect("a name");
            let owner = match account_named(tx, &Scope::everything(), &name)? {
                Some(owner) => owner.id,
                None => tree::grow(tx, &name)?,
            };
            if list == "user.list" {
                let role = match account {
                    "provider" => Role::Engineer,
                    "acme" | "zeta" => Role::Reseller,
                    _ => Role::AccountManager,
                };
                let name = format!("{account}-k{count}");
                let draft = PersonDraft {
                    name: name.clone(),
                    role: role.word().to_owned(),
                    account: owner,
                    email: None,
                    password_hash: "no password".to_owned(),
                };
                person_insert(tx, &draft, START)?;
                return Ok(json!(name));
            }
            let name = format!("s{count}");
            let server = server_insert(tx, &name.parse().expect("a name"), true, &[], START)?;
            server_set_account(tx, server, owner)?;
            if list == "server.list" {
                return Ok(json!(name));
            }
            if list == "private-server.list" {
                let name = format!("p{count}");
                private_server_insert(tx, &draft(&name, owner, server, number(tx)?), START)?;
                return Ok(json!(name));
            }
            let job = JobDraft {
                kind: JobKind::Install,
                title: format!("install {name}"),
                input: "{}".into(),
                server: Some(server),
                account: owner,
                started_by: "root".into(),
            };
            Ok(json!(job_insert(tx, &job, START)?.0))
        })
        .await
}

fn number(tx: &Connection) -> Result<u16, Refusal> {
    let number = private_server_number(tx)?.map(u32::from);
    Ok(number.and_then(|number| u16::try_from(number).ok()).expect("a free number"))
}

/// The input with another name in the field; a confirmation repeats it.
pub fn with(input: &Value, field: &str, name: &Value) -> Value {
    let mut input = input.clone();
    input[field] = name.clone();
    for confirmation in ["confirm", "confirm_wipe"] {
        if input.get(confirmation).is_some_and(|given| !given.is_null()) {
            input[confirmation] = name.clone();
        }
    }
    input
}

/// What was said, without the names that the input brought.
pub fn blotted(said: &str, input: &Value) -> String {
    let names: Vec<String> = input
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect();
    let of_a_name = |letter: char| letter.is_alphanumeric() || letter == '-';
    let words = said.split_inclusive(|letter| !of_a_name(letter));
    words
        .map(|word| {
            let name = word.trim_end_matches(|letter| !of_a_name(letter));
            // The name of the account at the top is a word of many sentences.
            if name == "provider" || names.iter().any(|known| known == name) {
                word.replacen(name, "NAME", 1)
            } else {
                word.to_owned()
            }
        })
        .collect()
}
