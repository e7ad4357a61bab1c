//! The tree of accounts, and what a scope shows of it.

use rackwright_model::{AccountId, JobId, NameSort, Order, Scope, ServerSort, Tier};
use rackwright_store::account::*;
use rackwright_store::audit::{AuditChoice, AuditDraft, audit_insert, audit_page};
use rackwright_store::job::{JobDraft, JobKind, job_insert, job_page, job_within};
use rackwright_store::page::Ask;
use rackwright_store::person::*;
use rackwright_store::server::*;
use rackwright_store::{Connection, StoreError};

use crate::{Database, NOW, name};

/// Make `acme` with `acme-shop`, and `zeta`; each with a server called `on-…`.
fn tree(tx: &Connection) -> Result<[Account; 3], StoreError> {
    let get = |id: AccountId| Ok::<_, StoreError>(account_get(tx, id)?.expect("is there"));
    let root = get(AccountId::PROVIDER)?;
    let acme = get(account_insert(tx, &root, &name("acme"), "Acme Hosting", Tier::Reseller, NOW)?)?;
    let shop = get(account_insert(tx, &acme, &name("acme-shop"), "Shop", Tier::Customer, NOW)?)?;
    let zeta = get(account_insert(tx, &root, &name("zeta"), "Zeta", Tier::Reseller, NOW)?)?;
    for account in [&acme, &shop, &zeta] {
        let server = server_insert(tx, &name(&format!("on-{}", account.name)), true, &[], NOW)?;
        server_set_account(tx, server, account.id)?;
    }
    Ok([acme, shop, zeta])
}

/// A job of an account.
fn install_job(tx: &Connection, account: AccountId) -> Result<JobId, StoreError> {
    let draft = JobDraft {
        kind: JobKind::Install,
        title: "install".into(),
        input: "{}".into(),
        server: None,
        account,
        started_by: "ann".into(),
    };
    job_insert(tx, &draft, NOW)
}

#[tokio::test]
async fn an_account_comes_back_with_its_way_from_the_root() {
    Database::new()
        .write(|tx| {
            let [acme, shop, _] = tree(tx)?;
            assert_eq!(acme.path, format!("/1/{}/", acme.id));
            assert_eq!(shop.path, format!("/1/{}/{}/", acme.id, shop.id));
            assert_eq!(
                (shop.parent.clone(), shop.tier, shop.title.as_str()),
                (Some(name("acme")), Tier::Customer, "Shop")
            );
            let again = account_insert(tx, &acme, &name("acme-shop"), "x", Tier::Customer, NOW);
            assert!(matches!(again, Err(StoreError::Taken { .. })));
            account_rename(tx, shop.id, &name("acme-store"), "Store")?;
            let renamed = account_get(tx, shop.id)?.expect("is there");
            assert_eq!(renamed, Account { name: name("acme-store"), title: "Store".into(), ..shop });
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_scope_shows_its_tree_and_nothing_else() {
    Database::new()
        .write(|tx| {
            let [acme, shop, zeta] = tree(tx)?;
            let up = Ask::first(Order::Ascending, 100);
            let names = |scope: &Scope| {
                let accounts = account_page(tx, scope, None, NameSort::Name, &up)?.rows;
                let servers = server_page(tx, scope, &ServerChoice::default(), ServerSort::Name, &up)?.rows;
                let accounts: Vec<_> = accounts.iter().map(|row| row.name.to_string()).collect();
                let servers: Vec<_> = servers.iter().map(|row| row.name.to_string()).collect();
                assert_eq!(server_names(tx, scope)?.len(), servers.len());
                Ok::<_, StoreError>((accounts.join(" "), servers.join(" ")))
            };
            let of = |account: &Account| Scope::tree(account.path.clone());
            let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
            assert_eq!(names(&of(&acme))?, pair("acme acme-shop", "on-acme on-acme-shop"));
            assert_eq!(names(&of(&shop))?, pair("acme-shop", "on-acme-shop"));
            assert_eq!(names(&of(&zeta))?, pair("zeta", "on-zeta"));
            assert_eq!(
                names(&Scope::everything())?,
                pair("acme acme-shop provider zeta", "on-acme on-acme-shop on-zeta")
            );
            assert_eq!(names(&Scope::nothing())?, pair("", ""));
            assert!(server_named(tx, &of(&acme), &name("on-zeta"))?.is_none());
            assert!(account_named(tx, &of(&acme), &name("zeta"))?.is_none());
            assert!(account_named(tx, &of(&shop), &name("acme"))?.is_none());
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn jobs_and_audit_rows_are_seen_from_above_only() {
    Database::new()
        .write(|tx| {
            let [acme, shop, zeta] = tree(tx)?;
            let job = install_job(tx, shop.id)?;
            let row = AuditDraft {
                actor: "ann".into(),
                account: shop.id,
                behind: None,
                origin: "cli".into(),
                action: "a.b".into(),
                input: "{}".into(),
                result: "done".into(),
            };
            audit_insert(tx, NOW, &row)?;
            for (account, seen) in [(&shop, 1), (&acme, 1), (&zeta, 0)] {
                let scope = Scope::tree(account.path.clone());
                let down = Ask::first(Order::Descending, 10);
                assert_eq!(job_page(tx, &scope, None, None, &down)?.rows.len(), seen);
                assert_eq!(job_within(tx, &scope, job)?.is_some(), seen == 1);
                assert_eq!(audit_page(tx, &scope, &AuditChoice::default(), &down)?.rows.len(), seen);
            }
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn suspension_reaches_down_and_never_up() {
    Database::new()
        .write(|tx| {
            let [acme, shop, zeta] = tree(tx)?;
            account_suspend(tx, acme.id, Some(NOW))?;
            let suspended = |account: &Account| account_is_suspended(tx, &account.path);
            assert!(suspended(&acme)? && suspended(&shop)? && !suspended(&zeta)?);
            account_suspend(tx, acme.id, None)?;
            account_suspend(tx, shop.id, Some(NOW))?;
            assert!(!suspended(&acme)? && suspended(&shop)?);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_removed_account_takes_its_people_and_leaves_its_jobs_to_the_one_above() {
    Database::new()
        .write(|tx| {
            let [acme, shop, _] = tree(tx)?;
            let kim = PersonDraft {
                name: "acme-shop-kim".into(),
                role: "account-manager".into(),
                account: shop.id,
                email: Some("kim@example.com".into()),
                password_hash: "hash".into(),
            };
            let id = person_insert(tx, &kim, NOW)?;
            assert_eq!(person_paths_beginning(tx, "acme-shop-")?, [shop.path.as_str()]);
            assert_eq!(account_paths_beginning(tx, "acme-")?, [shop.path.as_str()]);
            let job = install_job(tx, shop.id)?;
            assert_eq!(
                account_holdings(tx, shop.id)?,
                Holdings { accounts: 0, people: 1, servers: 1, private_servers: 0, kept_backups: 0 }
            );
            account_delete(tx, shop.id)?;
            assert!(person_get(tx, id)?.is_none() && account_get(tx, shop.id)?.is_none());
            assert!(job_within(tx, &Scope::tree(acme.path), job)?.is_some());
            Ok(())
        })
        .await;
}
