//! A Control Center's database with a given number of everything in it, written in one transaction through the store.

use std::path::Path;

use anyhow::{Context, Result};
use rackwright_model::inventory::{Cpu, Dmi};
use rackwright_model::job::JobState;
use rackwright_model::{
    AccountId, Firmware, Inventory, MacAddr, Millis, Name, RackId, ServerId, ServerState, Tier,
};
use rackwright_store::account::{Account, account_get, account_insert};
use rackwright_store::audit::{AuditDraft, audit_insert};
use rackwright_store::job::{JobDraft, JobKind, job_end, job_insert};
use rackwright_store::person::{PersonDraft, person_insert};
use rackwright_store::rack::{placement_put, rack_insert};
use rackwright_store::server::{
    server_insert, server_seen, server_set_account, server_set_inventory, server_set_state,
};
use rackwright_store::token::{TokenRow, token_insert};
use rackwright_store::{Connection, Store, StoreError};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub resellers: u32,
    pub customers_each: u32,
    pub servers: u32,
    pub people: u32,
    pub tokens: u32,
    pub jobs: u32,
    pub audit: u32,
}

impl Size {
    pub const BIG: Self = Self {
        resellers: 100,
        customers_each: 19,
        servers: 10_000,
        people: 20_000,
        tokens: 20_000,
        jobs: 60_000,
        audit: 1_000_000,
    };

    /// A tenth of everything.
    pub fn tenth(self) -> Self {
        Self {
            resellers: self.resellers / 10,
            customers_each: self.customers_each,
            servers: self.servers / 10,
            people: self.people / 10,
            tokens: self.tokens / 10,
            jobs: self.jobs / 10,
            audit: self.audit / 10,
        }
    }
}

/// Somebody who calls, and something of theirs to look at.
#[derive(Debug, Clone, Serialize)]
pub struct Visitor {
    /// The account.
    pub account: String,
    pub token: String,
    pub server: String,
    pub job: i64,
}

const AT: Millis = Millis(1_764_000_000_000);
/// Servers of a rack, each two units high.
const PER_RACK: u32 = 20;
const STATES: [ServerState; 4] =
    [ServerState::Ready, ServerState::Discovered, ServerState::Failed, ServerState::Retired];

/// Writes the database and tells who may call.
///
/// # Errors
/// The database cannot be written.
pub fn fill(path: &Path, size: Size) -> Result<Vec<Visitor>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("starting a runtime")?;
    let store = Store::open(path).with_context(|| format!("opening {}", path.display()))?;
    let visitors = runtime.block_on(store.write(move |tx| all(tx, size)));
    visitors.with_context(|| format!("filling {}", path.display()))
}

fn all(tx: &Connection, size: Size) -> Result<Vec<Visitor>, StoreError> {
    let accounts = accounts(tx, size)?;
    let servers = servers(tx, size, &accounts)?;
    let jobs = jobs(tx, size, &accounts, &servers)?;
    let visitors = people(tx, size, &accounts, &jobs)?;
    for at in 0..size.audit {
        let account = pick(&accounts, at);
        let draft = AuditDraft {
            actor: format!("{}-kim", account.name),
            account: account.id,
            behind: None,
            origin: "api".to_owned(),
            action: ["server.power", "server.install", "session.open"][at as usize % 3].to_owned(),
            input: format!("{{\"server\":\"r{}-u{at}\"}}", at % 500),
            result: "done".to_owned(),
        };
        audit_insert(tx, AT.plus(i64::from(at)), &draft)?;
    }
    Ok(visitors)
}

/// The same for the same number, in no order that an index would like.
fn pick(accounts: &[Account], at: u32) -> &Account {
    &accounts[(at.wrapping_mul(2_654_435_761) >> 7) as usize % accounts.len()]
}

fn name(text: &str) -> Result<Name, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "name", value: text.to_owned() })
}

fn accounts(tx: &Connection, size: Size) -> Result<Vec<Account>, StoreError> {
    let get = |id| account_get(tx, id)?.ok_or(StoreError::Closed);
    let root = get(AccountId::PROVIDER)?;
    let mut accounts = Vec::new();
    for reseller in 0..size.resellers {
        let text = format!("res{reseller}");
        let title = format!("Reseller {reseller} Hosting");
        let reseller = get(account_insert(tx, &root, &name(&text)?, &title, Tier::Reseller, AT)?)?;
        for customer in 0..size.customers_each {
            let (name, title) =
                (name(&format!("{text}-c{customer}"))?, format!("Customer {customer} of {text}"));
            accounts.push(get(account_insert(tx, &reseller, &name, &title, Tier::Customer, AT)?)?);
        }
        accounts.push(reseller);
    }
    Ok(accounts)
}

/// The owner of the server with a number is [`pick`]ed by that number.
fn servers(tx: &Connection, size: Size, accounts: &[Account]) -> Result<Vec<ServerId>, StoreError> {
    let (mut rack, mut servers) = (RackId(0), Vec::new());
    for at in 0..size.servers {
        let (number, place) = (at / PER_RACK, at % PER_RACK);
        if place == 0 {
            let site = name(&format!("site-{}", number % 5))?;
            rack = rack_insert(tx, &name(&format!("rack-{number}"))?, Some(&site), PER_RACK * 2, AT)?;
        }
        let bytes = at.to_be_bytes();
        let mac = MacAddr([0x52, 0x54, bytes[0], bytes[1], bytes[2], bytes[3]]);
        let id =
            server_insert(tx, &name(&format!("r{number}-u{place}"))?, true, &[mac], AT.plus(i64::from(at)))?;
        server_set_account(tx, id, pick(accounts, at).id)?;
        server_set_state(tx, id, STATES[at as usize % STATES.len()], None)?;
        server_set_inventory(tx, id, &inventory(), AT)?;
        server_seen(tx, id, AT.plus(i64::from(at % 977)))?;
        placement_put(tx, id, rack, place * 2 + 1, 2)?;
        servers.push(id);
    }
    Ok(servers)
}

fn inventory() -> Inventory {
    Inventory {
        firmware: Firmware::Uefi,
        cpu: Cpu { model: "EPYC 9354P".to_owned(), sockets: 1, cores: 32, threads: 64 },
        memory_bytes: 256 << 30,
        disks: Vec::new(),
        nics: Vec::new(),
        dmi: Dmi::default(),
    }
}

/// Gives one job of each account, by the account's id.
fn jobs(
    tx: &Connection,
    size: Size,
    accounts: &[Account],
    servers: &[ServerId],
) -> Result<Vec<(AccountId, i64)>, StoreError> {
    let mut last = Vec::new();
    for at in 0..size.jobs {
        let server = at % size.servers;
        let account = pick(accounts, server);
        let draft = JobDraft {
            kind: JobKind::Install,
            title: format!("install r{}-u{} with debian-12", server / PER_RACK, server % PER_RACK),
            input: "{}".to_owned(),
            server: servers.get(server as usize).copied(),
            account: account.id,
            started_by: "admin".to_owned(),
        };
        let id = job_insert(tx, &draft, AT.plus(i64::from(at)))?;
        job_end(tx, id, JobState::Succeeded, None, AT.plus(i64::from(at)))?;
        last.push((account.id, id.0));
    }
    Ok(last)
}

fn people(
    tx: &Connection,
    size: Size,
    accounts: &[Account],
    jobs: &[(AccountId, i64)],
) -> Result<Vec<Visitor>, StoreError> {
    let mut visitors = Vec::new();
    let root = account_get(tx, AccountId::PROVIDER)?.ok_or(StoreError::Closed)?;
    for at in 0..size.people {
        let account = match at {
            0 => &root,
            at => &accounts[at as usize % accounts.len()],
        };
        let role = match account.tier {
            Tier::Provider => "owner",
            Tier::Reseller => "reseller",
            Tier::Customer => "account-manager",
        };
        let draft = PersonDraft {
            name: format!("{}-p{at}", account.name),
            role: role.to_owned(),
            account: account.id,
            email: None,
            password_hash: "none".to_owned(),
        };
        let person = person_insert(tx, &draft, AT)?;
        if at >= size.tokens {
            continue;
        }
        let token = format!("rwt_bench{at}");
        let row = TokenRow {
            name: name("bench")?,
            person,
            permissions: None,
            created_at: AT,
            expires_at: Millis(i64::MAX),
            used_at: None,
        };
        token_insert(tx, &hex::encode(Sha256::digest(token.as_bytes())), &row)?;
        // The provider's owner, and the first of each account.
        if at as usize <= accounts.len() {
            visitors.extend(visitor(tx, account, token, jobs)?);
        }
    }
    Ok(visitors)
}

/// Whoever has a server and a job to look at.
fn visitor(
    tx: &Connection,
    account: &Account,
    token: String,
    jobs: &[(AccountId, i64)],
) -> Result<Option<Visitor>, StoreError> {
    let scope = rackwright_model::Scope::tree(account.path.clone());
    let server = rackwright_store::server::server_names(tx, &scope)?.first().map(ToString::to_string);
    let whole = account.id == AccountId::PROVIDER;
    let job = jobs.iter().rev().find(|(owner, _)| whole || *owner == account.id).map(|(_, job)| *job);
    Ok(server.zip(job).map(|(server, job)| Visitor { account: account.name.to_string(), token, server, job }))
}
