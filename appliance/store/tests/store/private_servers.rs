//! Private servers: what is written comes back, numbers are given again, pages keep to their scope, and the state in SQL is the
//! state of the model.

use rackwright_model::private_server::{
    Number, Phase, Power, PrivateServerState, Room, RootAccess, Seen, Size,
};
use rackwright_model::{AccountId, MacAddr, Order, Scope, ServerId, ServerState, Tier};
use rackwright_store::account::{account_get, account_insert};
use rackwright_store::page::Ask;
use rackwright_store::private_server::*;
use rackwright_store::server::{server_insert, server_set_account, server_set_state};
use rackwright_store::{Connection, StoreError};

use crate::{Database, NOW, name};

const SIZE: Size = Size {
    cpu_permille: 100,
    memory_mib: 512,
    swap_mib: 0,
    disk_mib: 1_000,
    bandwidth_kbit: 1_000,
    ceiling_kbit: Some(2_000),
    sessions: 100,
    processes: 100,
};

pub fn draft(called: &str, number: u32, server: ServerId, account: AccountId) -> PrivateServerDraft {
    let last = u8::try_from(number).expect("small");
    PrivateServerDraft {
        number: Number::try_from(number).expect("a number"),
        name: name(called),
        server,
        account,
        template: TemplateFacts {
            name: name("debian-12-ps"),
            sha256: "ab".repeat(32),
            bytes: 7,
            unpacked_bytes: 9,
        },
        size: SIZE,
        address: Some([10, 78, 0, last].into()),
        address_v6: Some([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(last)].into()),
        mac: MacAddr([2, 0x52, 0x57, 0, 0, last]),
        access: RootAccess { ssh_keys: vec!["ssh-ed25519 A".into()], password_hash: Some("$6$x$y".into()) },
        power: Power::On,
        suspended: false,
        suspended_by: None,
        removing: false,
        quarantine: false,
        quarantine_imposed: false,
        quarantine_by: None,
        edition: 0,
        boots: 0,
        nas: None,
        priority: 5,
        origin: None,
    }
}

pub fn server(tx: &Connection, called: &str, account: AccountId) -> Result<ServerId, StoreError> {
    let id = server_insert(tx, &name(called), true, &[], NOW)?;
    server_set_account(tx, id, account)?;
    Ok(id)
}

/// The reseller acme and its customer acme-shop.
fn accounts(tx: &Connection) -> Result<[(AccountId, Scope); 2], StoreError> {
    let get = |id| Ok::<_, StoreError>(account_get(tx, id)?.expect("is there"));
    let root = get(AccountId::PROVIDER)?;
    let acme = get(account_insert(tx, &root, &name("acme"), "Acme", Tier::Reseller, NOW)?)?;
    let shop = get(account_insert(tx, &acme, &name("acme-shop"), "Shop", Tier::Customer, NOW)?)?;
    Ok([(acme.id, Scope::tree(acme.path)), (shop.id, Scope::tree(shop.path))])
}

#[tokio::test]
async fn what_is_wanted_and_seen_comes_back() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            let mut wanted = draft("web1", 1, on, AccountId::PROVIDER);
            let id = private_server_insert(tx, &wanted, NOW)?;
            let fresh = private_server_get(tx, id)?.expect("is there");
            assert_eq!((&fresh.wanted, fresh.generation, fresh.phase), (&wanted, 1, None));
            assert!(!fresh.is_current() && format!("{fresh:?}").contains("RootAccess"));
            assert!(!format!("{fresh:?}").contains("$6$x$y"), "a hash is not printed");
            wanted.name = name("shop");
            wanted.size.memory_mib = 64;
            (wanted.suspended, wanted.quarantine, wanted.removing) = (true, true, true);
            wanted.quarantine_imposed = true;
            wanted.suspended_by = Some("/1/".to_owned());
            wanted.quarantine_by = Some("/1/4/".to_owned());
            (wanted.power, wanted.edition, wanted.boots) = (Power::Off, 2, 3);
            wanted.template.sha256 = "cd".repeat(32);
            private_server_change(tx, id, &wanted)?;
            let seen = Seen {
                number: wanted.number,
                generation: 2,
                phase: Phase::Failed,
                reason: Some("no".into()),
                progress: Some(7),
            };
            private_server_seen(tx, id, &seen, NOW.plus(5))?;
            let row = private_server_named(tx, &Scope::everything(), &name("shop"))?.expect("is there");
            assert_eq!((&row.wanted, row.generation), (&wanted, 2));
            assert_eq!(
                (row.phase, row.reason.as_deref(), row.progress),
                (Some(Phase::Failed), Some("no"), Some(7))
            );
            assert!(row.is_current() && row.seen_at == Some(NOW.plus(5)));
            assert_eq!(private_server_behind(tx)?, []);
            private_server_touch(tx, &wanted.name)?;
            assert_eq!(private_server_behind(tx)?.len(), 1);
            assert_eq!(private_server_at(tx, [10, 78, 0, 1].into())?.map(|row| row.id), Some(id));
            let mut twin = draft("web2", 2, on, AccountId::PROVIDER);
            twin.address = wanted.address;
            assert!(matches!(private_server_insert(tx, &twin, NOW), Err(StoreError::Taken { .. })));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn the_lowest_free_number_is_given() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            let next = |tx| Ok::<_, StoreError>(private_server_number(tx)?.map(u32::from));
            assert_eq!(next(tx)?, Some(1));
            let mut ids = Vec::new();
            for number in [1, 2, 4] {
                let draft = draft(&format!("w{number}"), number, on, AccountId::PROVIDER);
                ids.push(private_server_insert(tx, &draft, NOW)?);
            }
            assert_eq!(next(tx)?, Some(3));
            private_server_delete(tx, ids[0], NOW)?;
            assert_eq!(next(tx)?, Some(1));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn pages_keep_to_their_scope_and_give_each_row_once() {
    let database = Database::new();
    database
        .write(|tx| {
            let [(acme, acmes), (shop, shops)] = accounts(tx)?;
            let (foreign, own) = (server(tx, "r1", AccountId::PROVIDER)?, server(tx, "r2", acme)?);
            for (number, (on, owner)) in (1..).zip([
                (foreign, shop),
                (own, acme),
                (own, shop),
                (foreign, AccountId::PROVIDER),
                (own, shop),
            ]) {
                private_server_insert(tx, &draft(&format!("w{number}"), number, on, owner), NOW)?;
            }
            let walk = |scope: &Scope, choice: &PrivateServerChoice, order| {
                let mut ask = Ask::first(order, 2);
                let mut names = Vec::new();
                loop {
                    let slice = private_server_page(tx, scope, choice, &ask)?;
                    names.extend(slice.rows.iter().map(|row| row.wanted.name.to_string()));
                    match slice.next {
                        Some(next) => ask.after = Some(next),
                        None => return Ok::<_, StoreError>(names),
                    }
                }
            };
            let all = PrivateServerChoice::default();
            let everything = Scope::everything();
            assert_eq!(walk(&everything, &all, Order::Ascending)?, ["w1", "w2", "w3", "w4", "w5"]);
            assert_eq!(walk(&acmes, &all, Order::Descending)?, ["w5", "w3", "w2", "w1"]);
            assert_eq!(walk(&shops, &all, Order::Ascending)?, ["w1", "w3", "w5"]);
            let on = PrivateServerChoice { server: Some(own), ..all.clone() };
            assert_eq!(walk(&shops, &on, Order::Ascending)?, ["w3", "w5"]);
            let account = PrivateServerChoice { account: Some(shop), ..all.clone() };
            assert_eq!(walk(&acmes, &account, Order::Ascending)?, ["w1", "w3", "w5"]);
            let search = |words: &str| PrivateServerChoice { search: Some(words.into()), ..all.clone() };
            assert_eq!(walk(&everything, &search("r1"), Order::Ascending)?, ["w1", "w4"]);
            assert_eq!(walk(&acmes, &search("r1"), Order::Ascending)?, Vec::<String>::new());
            assert_eq!(walk(&acmes, &search("r2 SHOP"), Order::Ascending)?, ["w3", "w5"]);
            assert_eq!(walk(&everything, &search("2001:db8::3"), Order::Ascending)?, ["w3"]);
            assert_eq!(private_server_named(tx, &shops, &name("w2"))?, None);
            assert_eq!(private_server_templates(tx, &shops)?, [("ab".repeat(32), 3)]);
            Ok(())
        })
        .await;
}

/// Every combination of what a state follows from.
#[tokio::test]
async fn the_state_in_sql_is_that_of_the_model() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            let mut cases = 0;
            for phase in Phase::ALL.into_iter().map(Some).chain([None]) {
                for bits in 0..32_u8 {
                    let bit = |at: u8| bits & (1 << at) != 0;
                    let mut wanted = draft("web1", 1, on, AccountId::PROVIDER);
                    let id = private_server_insert(tx, &wanted, NOW)?;
                    wanted.power = if bit(0) { Power::On } else { Power::Off };
                    (wanted.suspended, wanted.removing) = (bit(1), bit(2));
                    private_server_change(tx, id, &wanted)?;
                    if let Some(phase) = phase {
                        let generation = if bit(3) { 2 } else { 1 };
                        let seen =
                            Seen { number: wanted.number, generation, phase, reason: None, progress: None };
                        private_server_seen(tx, id, &seen, NOW)?;
                    }
                    let row = private_server_get(tx, id)?.expect("is there");
                    let expected = row.state(bit(4));
                    for state in PrivateServerState::ALL {
                        let reachable = if bit(4) { vec![on] } else { Vec::new() };
                        let choice = PrivateServerChoice {
                            state: Some(state),
                            reachable,
                            ..PrivateServerChoice::default()
                        };
                        let ask = Ask::first(Order::Ascending, 9);
                        let found = private_server_page(tx, &Scope::everything(), &choice, &ask)?.rows.len();
                        assert_eq!(
                            found == 1,
                            state == expected,
                            "{row:?} is {expected:?}, asked for {state:?}"
                        );
                        cases += 1;
                    }
                    private_server_delete(tx, id, NOW)?;
                }
            }
            assert_eq!(cases, 11 * 32 * PrivateServerState::ALL.len());
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn room_is_that_of_the_servers_of_a_scope() {
    let database = Database::new();
    database
        .write(|tx| {
            let [(acme, acmes), _] = accounts(tx)?;
            let (foreign, own) = (server(tx, "r1", AccountId::PROVIDER)?, server(tx, "r2", acme)?);
            let whole = Room { cpu_permille: 900, memory_mib: 1, disk_mib: 2, bandwidth_kbit: 3 };
            let room = ServerRoom { missing: vec!["crun is missing".into()], whole, nfs: true };
            for on in [foreign, own, ServerId(99)] {
                server_room_put(tx, on, &room, NOW)?;
            }
            assert_eq!(server_room_get(tx, own)?, Some(room.clone()));
            assert_eq!(server_room_list(tx, &acmes)?, [(own, Some(room))]);
            server_room_delete(tx, own)?;
            assert_eq!(server_room_list(tx, &acmes)?, []);
            server_set_state(tx, own, ServerState::Online, None)?;
            assert_eq!(server_room_list(tx, &acmes)?, [(own, None)], "it could say");
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_sample_of_usage_is_taken_once_and_outlives_its_private_server() {
    let database = Database::new();
    database
        .write(|tx| {
            let on = server(tx, "r1", AccountId::PROVIDER)?;
            let id = private_server_insert(tx, &draft("web1", 1, on, AccountId::PROVIDER), NOW)?;
            let usage = |at: i64| Usage {
                at: NOW.plus(at),
                span_ms: 1,
                cpu_us: 2,
                memory_bytes: 3,
                disk_bytes: 4,
                in_bytes: 5,
                out_bytes: 6,
            };
            assert!(private_server_usage_put(tx, id, AccountId::PROVIDER, &usage(0))?);
            assert!(!private_server_usage_put(
                tx,
                id,
                AccountId::PROVIDER,
                &Usage { cpu_us: 9, ..usage(0) }
            )?);
            assert!(private_server_usage_put(tx, id, AccountId::PROVIDER, &usage(300_000))?);
            private_server_delete(tx, id, NOW)?;
            assert_eq!(private_server_usage_list(tx, id, NOW, NOW.plus(300_000))?, [usage(0)]);
            assert_eq!(private_server_usage_last(tx, id)?, Some(usage(300_000)));
            private_server_usage_purge(tx, NOW.plus(1))?;
            assert_eq!(private_server_usage_list(tx, id, NOW, NOW.plus(999_999))?, [usage(300_000)]);
            Ok(())
        })
        .await;
}
