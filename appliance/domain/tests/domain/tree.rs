//! Nobody can learn what exists outside their own tree. The cases are made from the catalogue: wherever an input names a
//! server, a private server, an account, a user, a job, a webhook or a delivery, the answer for a foreign one must be the
//! answer for a missing one.

use rackwright_catalog::{ENTRIES, Entry, Fault, Role};
use rackwright_domain::Credential;
use rackwright_model::{AccountId, Scope};
use rackwright_store::account::account_named;
use rackwright_store::delivery::{DeliveryDraft, delivery_insert};
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use rackwright_store::private_server::private_server_insert;
use rackwright_store::server::{server_insert, server_named, server_set_account};
use rackwright_store::webhook::{WebhookDraft, webhook_insert};
use serde_json::{Value, json};

use crate::support::private::draft;
use crate::support::{START, World, tree};

/// The numbers of what an account of the tree has: its job, its webhook and an event that this is told of.
type Planted = (&'static str, [i64; 3]);

/// Every account of the tree has a server `on-ACCOUNT`, a user `ACCOUNT-kim`, a job, a webhook and a private server
/// `ACCOUNT-web`, which stands on the server of `solo`.
async fn planted(world: &World) -> Vec<Planted> {
    const ACCOUNTS: [&str; 6] = ["acme", "acme-shop", "acme-club", "zeta", "zeta-shop", "solo"];
    for account in ACCOUNTS {
        let customer = account.contains('-') || account == "solo";
        let role = if customer { Role::AccountManager } else { Role::Reseller };
        world.session_in(account, &format!("{account}-kim"), role).await;
    }
    let planted: Vec<Planted> = world
        .write(|tx| {
            ACCOUNTS
                .into_iter()
                .map(|name| {
                    let account = tree::grow(tx, &name.parse().expect("a name"))?;
                    let server = format!("on-{name}").parse().expect("a name");
                    let server = server_insert(tx, &server, true, &[], START)?;
                    server_set_account(tx, server, account)?;
                    let job = JobDraft {
                        kind: JobKind::Install,
                        title: format!("install on-{name}"),
                        input: "{}".into(),
                        server: Some(server),
                        account,
                        started_by: "root".into(),
                    };
                    let job = job_insert(tx, &job, START)?.0;
                    let (url, events) = ("https://hooks.example.com".to_owned(), vec!["*".to_owned()]);
                    let webhook = WebhookDraft { account, url, events, secret: String::new() };
                    let webhook = webhook_insert(tx, &webhook, START)?;
                    let delivery =
                        DeliveryDraft { webhook, account, event: "a.b".into(), at: START, told: "{}".into() };
                    let delivery = delivery_insert(tx, &delivery)?.0;
                    Ok((name, [job, webhook.0, delivery]))
                })
                .collect()
        })
        .await;
    world
        .write(|tx| {
            let on = server_named(tx, &Scope::everything(), &"on-solo".parse().expect("a name"))?;
            let on = on.expect("is planted").id;
            for (last, name) in (1..).zip(ACCOUNTS) {
                let account = tree::grow(tx, &name.parse().expect("a name"))?;
                private_server_insert(tx, &draft(&format!("{name}-web"), account, on, last), START)?;
            }
            Ok(())
        })
        .await;
    planted
}

/// The fields of an input that name something of one of these lists, by that list.
fn naming(entry: &Entry) -> Vec<(String, &'static str)> {
    const LISTS: [&str; 7] = [
        "server.list",
        "private-server.list",
        "account.list",
        "user.list",
        "job.list",
        "webhook.list",
        "delivery.list",
    ];
    let schema = (entry.input_schema)();
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    let list =
        |field: &Value| LISTS.into_iter().find(|list| field.to_string().contains(&format!("\"{list}\"")));
    fields.iter().filter_map(|(name, field)| Some((name.clone(), list(field)?))).collect()
}

fn with(input: &Value, field: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[field] = value;
    // A confirmation repeats the name.
    for confirmation in ["confirm", "confirm_wipe"] {
        if input.get(confirmation).is_some_and(|given| !given.is_null()) {
            input[confirmation] = input[field].clone();
        }
    }
    if input.get("wait_s").is_some() {
        input["wait_s"] = json!(0);
    }
    input
}

/// What came of it, with the name blotted out.
fn blotted(result: Result<Value, Fault>, name: &Value) -> String {
    let text = format!("{result:?}");
    let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
    text.replace(&name, "NAME").replace("zeta-new-", "").replace("acme-new-", "")
}

fn people(planted: &[Planted], account: &str, list: &str) -> Value {
    let numbers = planted.iter().find(|(name, _)| *name == account).expect("is planted").1;
    match list {
        "server.list" => json!(format!("on-{account}")),
        "private-server.list" => json!(format!("{account}-web")),
        "account.list" => json!(account),
        "user.list" => json!(format!("{account}-kim")),
        "job.list" => json!(numbers[0]),
        "webhook.list" => json!(numbers[1]),
        _ => json!(numbers[2]),
    }
}

fn missing(list: &str) -> Value {
    match list {
        "server.list" => json!("on-nothing"),
        "private-server.list" => json!("nothing-web"),
        "account.list" => json!("nothing"),
        "user.list" => json!("nothing-kim"),
        _ => json!(987_654),
    }
}

#[tokio::test]
async fn what_is_foreign_is_answered_like_what_is_missing() {
    let world = World::new();
    let jobs = planted(&world).await;
    let mut cases = 0;
    let insiders = [
        ("acme", Role::Reseller, ["zeta", "zeta-shop", "solo"]),
        ("acme-shop", Role::AccountManager, ["acme", "acme-club", "zeta-shop"]),
        ("acme-shop", Role::SiteUser, ["acme", "acme-club", "zeta-shop"]),
    ];
    for (home, role, foreign) in insiders {
        let session = world.session_in(home, &format!("{home}-{}", role.word()), role).await;
        for entry in ENTRIES {
            let sample = (entry.sample_input)();
            for (field, list) in naming(entry) {
                let unknown = missing(list);
                let expected =
                    world.call(&session, entry.spec.name, with(&sample, &field, unknown.clone())).await;
                let expected = blotted(expected, &unknown);
                for account in foreign {
                    let name = people(&jobs, account, list);
                    let result =
                        world.call(&session, entry.spec.name, with(&sample, &field, name.clone())).await;
                    let what = format!("{} {field}={name} as {}", entry.spec.name, role.word());
                    assert_eq!(blotted(result, &name), expected, "{what}");
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 200, "only {cases} cases were made from the catalogue");
}

#[tokio::test]
async fn a_role_in_one_private_server_knows_of_nothing_else() {
    let world = World::new();
    let jobs = planted(&world).await;
    world.beside("acme-shop-db", "acme-shop", 90).await;
    let mut cases = 0;
    for role in [Role::PsAdministrator, Role::PsUser] {
        let name = format!("acme-shop-{}", role.word());
        let session = world.session_in("acme-shop", &name, role).await;
        world.works_in(&name, "acme-shop-web", (role == Role::PsUser).then_some("bob")).await;
        for entry in ENTRIES {
            let sample = (entry.sample_input)();
            for (field, list) in naming(entry) {
                let unknown = missing(list);
                let expected =
                    world.call(&session, entry.spec.name, with(&sample, &field, unknown.clone())).await;
                let expected = blotted(expected, &unknown);
                // Of its own account, too, all but the one private server.
                let mut foreign = vec![people(&jobs, "acme-club", list), json!("acme-shop-db")];
                // The name of its account it is told.
                let own = !matches!(list, "private-server.list" | "account.list");
                foreign.extend(own.then(|| people(&jobs, "acme-shop", list)));
                foreign.retain(|name| name.is_string() == unknown.is_string());
                for name in foreign {
                    let result =
                        world.call(&session, entry.spec.name, with(&sample, &field, name.clone())).await;
                    let what = format!("{} {field}={name} as {}", entry.spec.name, role.word());
                    assert_eq!(blotted(result, &name), expected, "{what}");
                    cases += 1;
                }
            }
        }
        for (action, query) in [("private-server.list", json!({})), ("search.find", json!({"query": "acme"}))]
        {
            let found = world.call(&session, action, query).await.expect("is allowed");
            let items = found["items"].as_array().expect("a list");
            assert!(items.len() == 1 && items[0]["name"] == "acme-shop-web", "{action}: {found}");
        }
        let own = json!({"private_server": "acme-shop-web"});
        let shown = world.call(&session, "private-server.show", own).await.expect("is its own");
        assert_eq!(shown["summary"]["server"], Value::Null);
    }
    assert!(cases > 200, "only {cases} cases were made from the catalogue");
}

#[tokio::test]
async fn lists_hold_ones_own_tree_and_nothing_else() {
    let world = World::new();
    planted(&world).await;
    let list = async |session: &Credential, action: &str, key: &str| -> Vec<String> {
        let output = world.call(session, action, json!({})).await.expect("is allowed");
        let items = output["items"].as_array().expect("a list").clone();
        items.iter().map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    for (home, role, expected) in [
        ("acme", Role::Reseller, &["acme", "acme-club", "acme-shop"][..]),
        ("acme-shop", Role::AccountManager, &["acme-shop"]),
        (
            "provider",
            Role::Billing,
            &["acme", "acme-club", "acme-shop", "provider", "solo", "zeta", "zeta-shop"],
        ),
    ] {
        let session = world.session_in(home, &format!("{home}-{}", role.word()), role).await;
        let servers: Vec<_> =
            expected.iter().filter(|name| **name != "provider").map(|name| format!("on-{name}")).collect();
        assert_eq!(list(&session, "account.list", "name").await, expected);
        assert_eq!(list(&session, "server.list", "name").await, servers);
        let mut own: Vec<_> =
            expected.iter().filter(|name| **name != "provider").map(|name| format!("{name}-web")).collect();
        own.sort();
        assert_eq!(list(&session, "private-server.list", "name").await, own);
        let mut jobs = list(&session, "job.list", "server").await;
        jobs.sort();
        assert_eq!(jobs, servers);
    }
    let kim = world.session_in("acme-club", "acme-club-kim", Role::AccountManager).await;
    assert_eq!(list(&kim, "user.list", "user").await, ["acme-club-kim"]);
}

#[tokio::test]
async fn events_of_other_trees_are_not_heard() {
    let world = World::new();
    planted(&world).await;
    let before = world.domain.events.newest();
    for name in ["on-acme-shop", "on-zeta", "on-acme"] {
        world.domain.events.server(START, &name.parse().expect("a name"), "state", name);
    }
    world.domain.events.system(START, "the disk is full");
    for (home, role, expected) in [
        ("acme", Role::Reseller, &["on-acme-shop", "on-acme"][..]),
        ("acme-shop", Role::AccountManager, &["on-acme-shop"]),
        ("provider", Role::Support, &["on-acme-shop", "on-zeta", "on-acme", "the disk is full"]),
    ] {
        let session = world.session_in(home, &format!("{home}-{}", role.word()), role).await;
        let heard =
            world.call(&session, "server.watch", json!({"after": before, "wait_s": 0})).await.expect("hears");
        let texts: Vec<_> =
            heard["items"].as_array().expect("a list").iter().map(|item| item["text"].clone()).collect();
        assert_eq!(texts, expected);
    }
}

#[tokio::test]
async fn an_assigned_server_changes_hands_whole() {
    let world = World::new();
    planted(&world).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let shop = world.session_in("acme-shop", "acme-shop-kim", Role::AccountManager).await;
    world.domain.events.server(START, &"on-acme".parse().expect("a name"), "state", "of the owner before");
    let moved =
        world.call(&acme, "server.assign", json!({"server": "on-acme", "account": "acme-shop"})).await;
    assert_eq!(moved.expect("moves")["account"], "acme-shop");
    let shown = world.call(&shop, "server.show", json!({"server": "on-acme"})).await.expect("is seen");
    assert_eq!(shown["jobs"], json!([]), "jobs of the owner before");
    let heard = world.call(&shop, "server.watch", json!({"after": 0, "wait_s": 0})).await.expect("hears");
    assert!(!heard.to_string().contains("of the owner before"), "{heard}");
    let refused = world.call(&shop, "server.assign", json!({"server": "on-acme", "account": "acme"})).await;
    assert!(refused.is_err(), "a customer gives nothing away");
    let account = world
        .read(|tx| Ok(account_named(tx, &Scope::everything(), &"acme-shop".parse().expect("a name"))?))
        .await
        .expect("is there");
    assert_ne!(account.id, AccountId::PROVIDER);
}
