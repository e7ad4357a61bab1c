//! Taking changes back. The cases are made from the catalogue: every action that says it can be undone is done, undone and
//! done again, and the database is compared.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::{ENTRIES, FaultCode, Role};
use rackwright_domain::Credential;
use rackwright_store::{Connection, StoreError};
use serde_json::{Value, json};

use crate::images::with_image;
use crate::support::{World, tree};

const DAY_MS: i64 = 24 * 3_600_000;

fn png(last: u8) -> String {
    BASE64.encode([b"\x89PNG\r\n\x1a\n".as_slice(), &[last; 40]].concat())
}

fn subnet(name: &str, start: u8) -> Value {
    json!({
        "name": name, "cidr": "10.77.0.0/24", "pool_first": format!("10.77.0.{start}"), "pool_last": "10.77.0.99",
        "dns": ["10.77.0.1"], "router": "10.77.0.1", "lease_s": 600,
    })
}

fn profile(name: &str) -> Value {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops";
    json!({
        "name": name, "image": "debian-12", "root_keys": [key], "packages": ["htop"], "post_install": ["true"],
        "users": [{"name": "ops", "ssh_keys": [key], "sudo": true}], "timezone": "Europe/Berlin", "domain": "example.net",
        "disk": {"target": "vda", "root_mib": 4096, "data": "ext4"},
    })
}

/// What comes before, the action, and its input.
type Case = (Vec<(&'static str, Value)>, &'static str, Value);

/// At least one for every action that can be undone.
fn cases() -> Vec<Case> {
    let place = |rack: &str, unit: u32| json!({"server": "r1", "rack": rack, "unit": unit, "height": 2});
    let ps = json!({"private_server": "ps"});
    let mut small = crate::support::private::size();
    small["memory_mib"] = json!(512);
    let ceiling = |kbit: u32| json!({"private_server": "ps", "size": {"ceiling_kbit": kbit}});
    let look = json!({"account": "acme", "title": "Acme", "host": "panel.acme.example"});
    let shared = json!({"name": "tools", "purpose": "shared", "address": "10.78.0.20", "path": "/srv/tools"});
    let disks = json!({
        "name": "disks", "purpose": "roots", "address": "10.78.0.20", "path": "/srv/disks", "capacity_mib": 9_000,
    });
    let tools = json!({"private_server": "ps", "nas": "tools", "at": "/srv/tools"});
    vec![
        (vec![], "server.rename", json!({"server": "r1", "name": "web"})),
        (vec![], "server.assign", json!({"server": "r1", "account": "acme-shop"})),
        (vec![], "server.place", place("a1", 7)),
        (vec![("server.place", place("a1", 7))], "server.place", place("a2", 3)),
        (vec![("server.place", place("a1", 7))], "server.place", json!({"server": "r1"})),
        (vec![], "rack.rename", json!({"rack": "a1", "name": "b1"})),
        (vec![], "rack.create", json!({"name": "b1", "site": "fra-1", "height": 20})),
        (vec![], "rack.remove", json!({"rack": "a2", "confirm": "a2"})),
        (vec![], "network.set", subnet("n", 50)),
        (vec![("network.set", subnet("n", 50))], "network.set", subnet("n", 60)),
        (vec![("network.set", subnet("n", 50))], "network.remove", json!({"network": "n", "confirm": "n"})),
        (vec![], "profile.create", profile("web")),
        (
            vec![("profile.create", profile("web"))],
            "profile.remove",
            json!({"profile": "web", "confirm": "web"}),
        ),
        (
            vec![("profile.create", profile("web")), ("discovery.set", json!({"policy": "wait"}))],
            "discovery.set",
            json!({"policy": "auto-install", "profile": "web"}),
        ),
        (
            vec![],
            "account.rename",
            json!({"account": "acme-shop", "name": "acme-store", "title": "The store"}),
        ),
        (vec![], "account.rename", json!({"account": "acme-shop", "title": "The shop"})),
        (vec![], "account.suspend", json!({"account": "acme"})),
        (vec![("account.suspend", json!({"account": "acme"}))], "account.resume", json!({"account": "acme"})),
        (vec![], "brand.set", look.clone()),
        (
            vec![("brand.set", look.clone())],
            "brand.set",
            json!({"account": "acme", "accent": "#17663a", "logo": png(1), "without": ["host"]}),
        ),
        (
            vec![("brand.set", json!({"account": "acme", "logo": png(1), "title": "Acme"}))],
            "brand.set",
            json!({"account": "acme", "logo": png(2), "without": ["title"]}),
        ),
        (
            vec![("brand.set", look.clone())],
            "brand.set",
            json!({"account": "acme", "without": ["title", "host"]}),
        ),
        (vec![("brand.set", look)], "brand.remove", json!({"account": "acme"})),
        (vec![], "user.change", json!({"user": "acme-lee", "email": "lee@example.com"})),
        (
            vec![("user.change", json!({"user": "acme-lee", "email": "lee@example.com"}))],
            "user.change",
            json!({"user": "acme-lee", "without_email": true}),
        ),
        (vec![], "user.change", json!({"user": "owner-2", "role": "engineer"})),
        (
            vec![(
                "webhook.create",
                json!({"receiver": "https://hooks.example.com/a", "events": ["rack.*"]}),
            )],
            "webhook.change",
            json!({"webhook": 1, "receiver": "https://hooks.example.com/b", "events": ["*"]}),
        ),
        (vec![], "private-server.rename", json!({"private_server": "ps", "name": "shop"})),
        (vec![], "private-server.resize", json!({"private_server": "ps", "size": small})),
        (vec![], "private-server.resize", ceiling(20_000)),
        (vec![("private-server.resize", ceiling(20_000))], "private-server.resize", ceiling(0)),
        (vec![], "private-server.suspend", ps.clone()),
        (vec![("private-server.suspend", ps.clone())], "private-server.resume", ps.clone()),
        (vec![], "private-server.quarantine", ps.clone()),
        (vec![("private-server.quarantine", ps.clone())], "private-server.release", ps),
        (vec![], "nas.create", disks.clone()),
        (vec![("nas.create", disks.clone())], "nas.remove", json!({"nas": "disks", "confirm": "disks"})),
        (
            vec![("nas.create", disks)],
            "nas.change",
            json!({"nas": "disks", "name": "fast", "address": "10.78.0.21", "capacity_mib": 8_000}),
        ),
        (vec![("nas.create", shared.clone())], "nas.change", json!({"nas": "tools", "version": "4.1"})),
        (vec![("nas.create", shared.clone())], "private-server.share", tools.clone()),
        (
            vec![("nas.create", shared), ("private-server.share", tools)],
            "private-server.unshare",
            json!({"private_server": "ps", "at": "/srv/tools"}),
        ),
        (vec![("server.rename", json!({"server": "r1", "name": "web"}))], "audit.undo", json!({})),
    ]
}

/// Three servers, a private server, two racks, images, accounts and people.
async fn world() -> World {
    let world = with_image("debian-12").await;
    for (name, mac) in [("r1", "52:54:00:00:00:01"), ("r2", "52:54:00:00:00:02")] {
        world.done("server.add", json!({"name": name, "macs": [mac]})).await;
    }
    for rack in ["a1", "a2"] {
        world.done("rack.create", json!({"name": rack, "site": "fra-1", "height": 24})).await;
    }
    world.ready_for_private_servers().await;
    world.done("private-server.create", crate::support::private::input("ps")).await;
    world.write(|tx| tree::grow(tx, &"acme-shop".parse().expect("a name")).map(drop)).await;
    world.session_in("acme", "acme-lee", Role::Reseller).await;
    for owner in ["owner-1", "owner-2"] {
        world.session_in("provider", owner, Role::Owner).await;
    }
    world
}

/// Everything in the database but the trail, and but numbers and times of making, which a thing that comes back has anew.
async fn everything(world: &World) -> String {
    world.read(|tx| Ok(dump(tx)?)).await
}

fn dump(tx: &Connection) -> Result<String, StoreError> {
    const APART: [&str; 4] = ["audit", "undo", "delivery", "kept_answer"];
    let mut tables = tx.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let kept = |name: &String| {
        !APART.contains(&name.as_str()) && !name.starts_with("sqlite_") && !name.contains("_text")
    };
    let mut out = String::new();
    for table in names.into_iter().filter(kept) {
        let mut all = tx.prepare(&format!("SELECT * FROM {table}"))?;
        let columns: Vec<String> = all.column_names().iter().map(|name| (*name).to_owned()).collect();
        let mut rows = Vec::new();
        let mut found = all.query([])?;
        while let Some(row) = found.next()? {
            let mut fields = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                // What is wanted of a private server is counted onwards, whatever it is; our directory on a NAS has a
                // name by chance.
                if !["id", "created_at", "suspended_at", "generation", "directory"].contains(&column.as_str())
                {
                    let value = row.get_ref(at)?;
                    let text = value.as_str().map_or_else(|_| format!("{value:?}"), str::to_owned);
                    fields.push(format!("{column}={text}"));
                } else if column == "suspended_at" {
                    fields.push(format!("suspended={:?}", row.get_ref(at)?.data_type()));
                }
            }
            rows.push(fields.join(" "));
        }
        rows.sort();
        out.push_str(&format!("{table}\n  {}\n", rows.join("\n  ")));
    }
    Ok(out)
}

#[test]
fn there_is_a_case_for_every_action_that_can_be_undone() {
    let mut tried: Vec<&str> = cases().into_iter().map(|(_, action, _)| action).collect();
    tried.dedup();
    tried.sort_unstable();
    tried.dedup();
    let mut all: Vec<&str> =
        ENTRIES.iter().filter(|entry| entry.spec.undo).map(|entry| entry.spec.name).collect();
    all.sort_unstable();
    assert_eq!(tried, all);
}

#[tokio::test]
async fn what_is_undone_is_as_it_was_and_what_is_redone_as_it_had_become() {
    for (prepare, action, input) in cases() {
        let what = format!("{action} {input}");
        let world = world().await;
        for (action, input) in prepare {
            world.done(action, input).await;
        }
        let before = everything(&world).await;
        let done = world.done(action, input).await;
        let after = everything(&world).await;
        assert_ne!(before, after, "{what} changed nothing");
        let row = done["undo"].as_i64().unwrap_or_else(|| panic!("{what} cannot be undone: {done}"));
        let undone = world.done("audit.undo", json!({"row": row})).await;
        assert_eq!(everything(&world).await, before, "{what}, undone");
        let redo = undone["undo"].as_i64().unwrap_or_else(|| panic!("{what} cannot be redone: {undone}"));
        world.done("audit.undo", json!({"row": redo})).await;
        assert_eq!(everything(&world).await, after, "{what}, redone");
    }
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_undone() {
    for (prepare, action, input) in cases() {
        if prepare.iter().any(|(before, given)| *before == action && *given == input)
            || action == "audit.undo"
        {
            continue;
        }
        // Only these may be said twice.
        if ![
            "server.assign",
            "server.place",
            "network.set",
            "discovery.set",
            "brand.set",
            "user.change",
            "webhook.change",
        ]
        .contains(&action)
        {
            continue;
        }
        let world = world().await;
        for (action, input) in prepare {
            world.done(action, input).await;
        }
        world.done(action, input.clone()).await;
        let again = world.done(action, input.clone()).await;
        assert_eq!(again["undo"], Value::Null, "{action} {input}");
    }
}

#[tokio::test]
async fn what_was_changed_again_is_left_as_it_is() {
    let world = world().await;
    let first = world.done("server.rename", json!({"server": "r1", "name": "web"})).await["undo"].clone();
    world.done("server.rename", json!({"server": "web", "name": "www"})).await;
    let fault = world.refused("audit.undo", json!({"row": first})).await;
    assert_eq!(fault.code, FaultCode::Conflict);
    assert!(fault.reason.contains("was changed again since"), "{fault}");
    // Another field of the same thing is no reason.
    let placed =
        world.done("server.place", json!({"server": "r2", "rack": "a1", "unit": 1})).await["undo"].clone();
    world.done("server.assign", json!({"server": "r2", "account": "acme"})).await;
    world.done("audit.undo", json!({"row": placed})).await;
    let shown = world.done("server.show", json!({"server": "r2"})).await;
    assert_eq!((&shown["summary"]["rack"], &shown["summary"]["account"]), (&Value::Null, &json!("acme")));
    // Somebody moved into the name that was given up.
    let renamed = world.done("rack.rename", json!({"rack": "a1", "name": "b1"})).await["undo"].clone();
    world.done("rack.create", json!({"name": "a1"})).await;
    let fault = world.refused("audit.undo", json!({"row": renamed})).await;
    assert!(fault.reason.contains("there is a rack a1 already"), "{fault}");
}

#[tokio::test]
async fn it_is_undone_once_and_within_a_day() {
    let world = world().await;
    let row = world.done("rack.rename", json!({"rack": "a1", "name": "b1"})).await["undo"].clone();
    let undone = world.done("audit.undo", json!({"row": row})).await;
    assert_eq!(undone["message"], "Undone: rack rename a1.");
    let fault = world.refused("audit.undo", json!({"row": row})).await;
    assert!(fault.reason.contains("undone already"), "{fault}");
    assert!(fault.advice.contains(&format!("rackwright audit undo {}", undone["undo"])), "{fault}");
    let row = world.done("rack.rename", json!({"rack": "a2", "name": "b2"})).await["undo"].clone();
    world.clock.pass(DAY_MS + 1);
    let fault = world.refused("audit.undo", json!({"row": row})).await;
    assert!(fault.reason.contains("older than a day"), "{fault}");
    world.domain.forget().await.expect("forgets");
    let fault = world.refused("audit.undo", json!({"row": row})).await;
    assert!(fault.reason.contains("older than a day"), "{fault}");
    let fault = world.refused("audit.undo", json!({})).await;
    assert!(fault.reason.contains("no change within a day"), "{fault}");
}

#[tokio::test]
async fn without_a_number_it_is_ones_own_newest_change() {
    let world = world().await;
    let other = world.session_in("provider", "owner-1", Role::Owner).await;
    world.call(&other, "rack.rename", json!({"rack": "a1", "name": "b1"})).await.expect("is done");
    world.done("rack.rename", json!({"rack": "a2", "name": "b2"})).await;
    world.done("session.show", json!({})).await;
    let undone = world.call(&other, "audit.undo", json!({})).await.expect("is undone");
    assert_eq!(undone["input"], json!({"rack": "b1", "name": "a1"}));
    let nothing =
        world.call(&other, "audit.undo", json!({})).await.expect_err("an undoing is not undone unnamed");
    assert!(nothing.reason.contains("no change within a day"), "{nothing}");
}

#[tokio::test]
async fn whoever_may_not_change_it_may_not_undo_it() {
    let world = world().await;
    let row = world.done("rack.rename", json!({"rack": "a1", "name": "b1"})).await["undo"].clone();
    let account =
        world.done("account.rename", json!({"account": "acme", "title": "Acme"})).await["undo"].clone();
    let support = world.session_in("provider", "robin", Role::Support).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let missing = world.call(&acme, "audit.undo", json!({"row": 987_654})).await.expect_err("is missing");
    for (who, row) in [(&support, &row), (&acme, &row), (&acme, &account)] {
        let fault = world.call(who, "audit.undo", json!({"row": row})).await.expect_err("not readable");
        let blotted = fault.to_string().replace(&row.to_string(), "987654");
        assert_eq!((fault.code, blotted), (FaultCode::NotFound, missing.to_string()));
    }
    // A token that may not change accounts undoes no change of accounts.
    let owner = world.session_in("provider", "owner-1", Role::Owner).await;
    let made = world
        .call(&owner, "token.create", json!({"name": "t", "permissions": ["audit"]}))
        .await
        .expect("is made");
    let token = Credential::Bearer(made["token"].as_str().expect("a token").to_owned());
    let fault =
        world.call(&token, "audit.undo", json!({"row": row})).await.expect_err("lacks the permission");
    assert_eq!(fault.code, FaultCode::Forbidden);
    world.call(&owner, "audit.undo", json!({"row": row})).await.expect("may");
}

#[tokio::test]
async fn what_is_as_it_was_is_not_set_again() {
    let world = world().await;
    let host = json!({"account": "acme", "host": "panel.acme.example", "title": "Acme"});
    world.done("brand.set", host).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let set = world.call(&acme, "brand.set", json!({"title": "Acme Hosting"})).await.expect("is set");
    // The host name is set from above alone, and it stands in the look that comes back.
    world.call(&acme, "audit.undo", json!({"row": set["undo"]})).await.expect("is undone");
    let shown = world.call(&acme, "brand.show", json!({})).await.expect("is shown");
    assert_eq!((&shown["title"], &shown["host"]), (&json!("Acme"), &json!("panel.acme.example")));
}

#[tokio::test]
async fn undoing_is_on_record_with_what_it_did() {
    let world = world().await;
    let row = world.done("rack.rename", json!({"rack": "a1", "name": "b1"})).await["undo"].clone();
    let state = async |id: &Value| {
        let trail = world.done("audit.list", json!({})).await;
        let items = trail["items"].as_array().expect("a list").clone();
        items.into_iter().find(|item| item["id"] == *id).expect("is there")["undo"].clone()
    };
    assert_eq!(state(&row).await, "possible");
    let undone = world.done("audit.undo", json!({"row": row})).await;
    let trail = world.done("audit.list", json!({})).await;
    let actions: Vec<&Value> =
        trail["items"].as_array().expect("rows").iter().take(2).map(|row| &row["action"]).collect();
    assert_eq!(actions, ["rack.rename", "audit.undo"]);
    assert_eq!((state(&row).await, state(&undone["undo"]).await), (json!("undone"), json!("possible")));
    let before = trail["items"].as_array().map(Vec::len);
    world.refused("audit.undo", json!({"row": row})).await;
    let refused = world.done("audit.list", json!({})).await;
    assert_eq!(refused["items"].as_array().map(Vec::len), before.map(|count| count + 1));
    assert_eq!(refused["items"][0]["undo"], Value::Null);
    let fault = world.refused("audit.undo", json!({"row": refused["items"][0]["id"]})).await;
    assert!(fault.reason.contains("changed nothing"), "{fault}");
}

#[tokio::test]
async fn two_who_undo_the_same_at_once_undo_it_once() {
    let world = std::sync::Arc::new(world().await);
    let row = world.done("account.suspend", json!({"account": "acme"})).await["undo"].clone();
    let calls = (0..8).map(|_| {
        let (world, row) = (std::sync::Arc::clone(&world), row.clone());
        tokio::spawn(async move { world.root("audit.undo", json!({"row": row})).await.is_ok() })
    });
    let mut held = 0;
    for call in calls.collect::<Vec<_>>() {
        held += u32::from(call.await.expect("no panic"));
    }
    assert_eq!(held, 1);
}

#[tokio::test]
async fn a_profile_with_password_hashes_goes_for_good_and_says_so() {
    let world = world().await;
    let mut with_hash = profile("web");
    with_hash["users"][0]["password_hash"] = json!("$y$j9T$salt$hashhashhash");
    world.done("profile.create", with_hash).await;
    let asked = world.refused("profile.remove", json!({"profile": "web"})).await;
    assert!(asked.reason.contains("cannot be brought back"), "{asked}");
    let removed = world.done("profile.remove", json!({"profile": "web", "confirm": "web"})).await;
    assert_eq!(removed["undo"], Value::Null);
    world.done("profile.create", profile("web")).await;
    let asked = world.refused("profile.remove", json!({"profile": "web"})).await;
    assert!(asked.reason.contains("within a day"), "{asked}");
    let secret =
        world.done("webhook.create", json!({"receiver": "https://hooks.example.com"})).await["webhook"]
            .clone();
    let changed =
        world.done("webhook.change", json!({"webhook": secret, "secret": "0123456789abcdef"})).await;
    assert_eq!(changed["undo"], Value::Null);
}
