//! Walking a list page by page gives each row once, whatever comes and goes meanwhile.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rackwright_model::{AccountId, Order, Scope, ServerSort, ServerState, Tier};
use rackwright_store::account::{account_get, account_insert};
use rackwright_store::page::Ask;
use rackwright_store::rack::{placement_put, rack_insert};
use rackwright_store::server::*;
use rackwright_store::{Connection, StoreError};

use crate::{Database, NOW, name};

/// One server to be there before the walk, or to be added after a page of it.
#[derive(Debug, Clone)]
struct Planted {
    name: u16,
    state: usize,
    seen: Option<i64>,
    /// Whose it is: the provider, acme, a customer of acme, or zeta.
    owner: usize,
}

fn planted() -> impl Strategy<Value = Planted> {
    (0..2_000_u16, 0..3_usize, prop::option::of(0..3_i64), 0..4_usize)
        .prop_map(|(name, state, seen, owner)| Planted { name, state, seen, owner })
}

/// Paths of the accounts by the number of [`Planted::owner`].
fn accounts(tx: &Connection) -> Result<Vec<(AccountId, String)>, StoreError> {
    let get = |id| Ok::<_, StoreError>(account_get(tx, id)?.expect("is there"));
    let root = get(AccountId::PROVIDER)?;
    let acme = get(account_insert(tx, &root, &name("acme"), "Acme", Tier::Reseller, NOW)?)?;
    let shop = get(account_insert(tx, &acme, &name("acme-shop"), "Shop", Tier::Customer, NOW)?)?;
    let zeta = get(account_insert(tx, &root, &name("zeta"), "Zeta", Tier::Reseller, NOW)?)?;
    Ok([root, acme, shop, zeta].into_iter().map(|account| (account.id, account.path)).collect())
}

fn plant(tx: &Connection, owners: &[(AccountId, String)], one: &Planted, at: i64) -> Result<(), StoreError> {
    const STATES: [ServerState; 3] = [ServerState::Ready, ServerState::Online, ServerState::Failed];
    match server_insert(tx, &name(&format!("s{}", one.name)), true, &[], NOW.plus(at % 4)) {
        Ok(id) => {
            server_set_state(tx, id, STATES[one.state], None)?;
            server_set_account(tx, id, owners[one.owner].0)?;
            one.seen.map_or(Ok(()), |at| server_seen(tx, id, NOW.plus(at)))
        }
        Err(StoreError::Taken { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Names of what a walk gives, while one of `late` is added after each page.
fn walk(
    tx: &Connection,
    owners: &[(AccountId, String)],
    scope: &Scope,
    (sort, order, rows): (ServerSort, Order, u32),
    late: &[Planted],
) -> Result<Vec<String>, StoreError> {
    let (mut ask, mut seen) = (Ask::first(order, rows), Vec::new());
    for turn in 0.. {
        let slice = server_page(tx, scope, &ServerChoice::default(), sort, &ask)?;
        assert!(slice.rows.len() <= usize::try_from(rows).expect("small"));
        seen.extend(slice.rows.into_iter().map(|row| row.name.to_string()));
        let Some(next) = slice.next else { break };
        ask.after = Some(next);
        if let Some(one) = late.get(turn) {
            plant(tx, owners, one, 1)?;
        }
    }
    Ok(seen)
}

fn names(tx: &Connection, scope: &Scope) -> Result<BTreeSet<String>, StoreError> {
    Ok(server_names(tx, scope)?.iter().map(ToString::to_string).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn each_row_is_on_one_page_and_none_of_a_foreign_account(
        early in prop::collection::vec(planted(), 0..40),
        late in prop::collection::vec(planted(), 0..12),
        sort in prop::sample::select(ServerSort::ALL.to_vec()),
        descending in any::<bool>(),
        rows in 1..9_u32,
        whose in 0..4_usize,
    ) {
        let order = if descending { Order::Descending } else { Order::Ascending };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (seen, before, after) = runtime.block_on(Database::new().write(move |tx| {
            let owners = accounts(tx)?;
            for (at, one) in (0..).zip(&early) {
                plant(tx, &owners, one, at)?;
            }
            let scope = Scope::tree(owners[whose].1.clone());
            let before = names(tx, &scope)?;
            let seen = walk(tx, &owners, &scope, (sort, order, rows), &late)?;
            Ok((seen, before, names(tx, &scope)?))
        }));
        let once: BTreeSet<String> = seen.iter().cloned().collect();
        prop_assert_eq!(once.len(), seen.len(), "a row came twice: {:?}", seen);
        prop_assert!(once.is_superset(&before), "a row was left out: {:?}", before.difference(&once));
        prop_assert!(once.is_subset(&after), "a foreign row: {:?}", once.difference(&after));
    }
}

/// A tree of more accounts than are read one by one.
#[tokio::test]
async fn a_wide_tree_is_paged_like_a_narrow_one() {
    Database::new()
        .write(|tx| {
            let owners = accounts(tx)?;
            let acme = account_get(tx, owners[1].0)?.expect("is there");
            for at in 0..100 {
                let shop = account_insert(tx, &acme, &name(&format!("acme-{at}")), "x", Tier::Customer, NOW)?;
                for (owner, text) in [(shop, format!("in-{at}")), (owners[3].0, format!("out-{at}"))] {
                    let server = server_insert(tx, &name(&text), true, &[], NOW)?;
                    server_set_account(tx, server, owner)?;
                }
            }
            let scope = Scope::tree(acme.path);
            for sort in ServerSort::ALL {
                let seen = walk(tx, &owners, &scope, (sort, Order::Descending, 7), &[])?;
                assert_eq!(seen.len(), 100, "{}", sort.word());
                assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), names(tx, &scope)?);
            }
            let counts = server_counts(tx, &scope, &ServerChoice::default())?;
            assert_eq!(counts, [(ServerState::Discovered, 100)]);
            let choice = ServerChoice { account: Some(owners[3].0), ..ServerChoice::default() };
            assert!(server_counts(tx, &scope, &choice)?.is_empty(), "zeta is no part of acme");
            Ok(())
        })
        .await;
}

/// By the index of all words, and by a look at each of the few servers of one account.
#[tokio::test]
async fn a_word_finds_the_same_whether_by_index_or_by_a_look_at_each() {
    Database::new()
        .write(|tx| {
            let owners = accounts(tx)?;
            let mac = "52:54:00:ab:cd:01".parse().expect("a MAC address");
            let server = server_insert(tx, &name("web-17"), true, &[mac], NOW)?;
            server_set_account(tx, server, owners[2].0)?;
            server_set_address(tx, server, "192.0.2.17".parse().expect("an address"))?;
            server_set_profile(tx, server, &name("debian-raid1"))?;
            let bmc = BmcRow {
                address: "198.51.100.9".parse().expect("an address"),
                user: "admin".into(),
                secret: "x".into(),
            };
            server_set_bmc(tx, server, &bmc)?;
            let rack = rack_insert(tx, &name("row7-b"), Some(&name("frankfurt")), 42, NOW)?;
            placement_put(tx, server, rack, 1, 1)?;
            server_insert(tx, &name("mail-3"), true, &[], NOW)?;
            let few = Scope::tree(owners[2].1.clone());
            for (words, found) in [
                ("eb-1", true),
                ("WEB", true),
                ("w", true),
                ("2.0.2", true),
                ("ab:cd", true),
                ("raid1", true),
                ("row7", true),
                ("frank web", true),
                ("web mail", false),
                ("100.9", false),
                ("\"", false),
                ("%", false),
            ] {
                let choice = ServerChoice { search: Some(words.into()), ..ServerChoice::default() };
                for scope in [&Scope::everything(), &few] {
                    let page =
                        server_page(tx, scope, &choice, ServerSort::Name, &Ask::first(Order::Ascending, 9))?;
                    let names: Vec<String> = page.rows.iter().map(|row| row.name.to_string()).collect();
                    let mine = names.iter().filter(|name| *name == "web-17").count();
                    assert_eq!(mine, usize::from(found), "{words:?} found {names:?}");
                }
            }
            Ok(())
        })
        .await;
}
