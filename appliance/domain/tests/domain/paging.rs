//! Lists page by page, as callers see them.

use std::collections::BTreeSet;

use rackwright_catalog::Role;
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

const SERVERS: usize = 12;

/// Servers `s-0` to `s-11`, every third of them given to acme-shop, and every fourth to zeta.
async fn world() -> (World, Credential) {
    let world = World::new();
    let shop = world.session_in("acme-shop", "acme-shop-kim", Role::AccountManager).await;
    world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    world.session(Role::Engineer).await;
    for at in 0..SERVERS {
        let mac = format!("52:54:00:00:01:{at:02x}");
        world.done("server.add", json!({"name": format!("s-{at}"), "macs": [mac]})).await;
        let owner = if at % 3 == 0 { "acme-shop" } else { "zeta" };
        if at % 3 == 0 || at % 4 == 1 {
            world.done("server.assign", json!({"server": format!("s-{at}"), "account": owner})).await;
        }
        world.clock.pass(1);
    }
    (world, shop)
}

/// The values of `key` on each page of a list.
async fn walk(world: &World, who: &Credential, action: &str, input: Value, key: &str) -> Vec<Vec<String>> {
    let (mut input, mut pages) = (input, Vec::new());
    loop {
        let page =
            world.call(who, action, input.clone()).await.unwrap_or_else(|fault| panic!("{action}: {fault}"));
        let items = page["items"].as_array().expect("a page");
        pages.push(items.iter().map(|item| item[key].to_string().replace('"', "")).collect());
        if page["next"].is_null() {
            return pages;
        }
        input["after"] = page["next"].clone();
    }
}

#[tokio::test]
async fn every_list_is_walked_in_both_directions() {
    let (world, _) = world().await;
    let root = Credential::LocalRoot;
    for (action, key) in
        [("server.list", "name"), ("user.list", "user"), ("account.list", "name"), ("audit.list", "id")]
    {
        let of =
            async |order: &str| walk(&world, &root, action, json!({"limit": 2, "order": order}), key).await;
        let (up, mut down) = (of("ascending").await.concat(), of("descending").await.concat());
        down.reverse();
        assert!(up.len() > 2, "{action} has several pages");
        assert_eq!(up, down, "{action}");
        assert_eq!(up.iter().collect::<BTreeSet<_>>().len(), up.len(), "{action}");
    }
}

#[tokio::test]
async fn pages_of_a_customer_hold_its_own_rows() {
    let (world, shop) = world().await;
    for sort in ["name", "state", "seen_at", "created_at"] {
        let input = json!({"limit": 3, "sort": sort, "order": "descending"});
        let pages = walk(&world, &shop, "server.list", input, "name").await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1], "{sort}");
        let all: BTreeSet<String> = pages.concat().into_iter().collect();
        assert_eq!(all, ["s-0", "s-3", "s-6", "s-9"].map(str::to_owned).into(), "{sort}");
    }
    // A place in the order of all servers, handed to somebody who sees few of them, shows nothing more.
    let first = world.done("server.list", json!({"limit": 5})).await;
    let rest = world
        .call(&shop, "server.list", json!({"limit": 5, "after": first["next"]}))
        .await
        .expect("is a page");
    let names: Vec<&Value> =
        rest["items"].as_array().expect("a page").iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["s-3", "s-6", "s-9"]);
    let counted = world.call(&shop, "server.count", json!({})).await.expect("is counted");
    assert_eq!(counted["items"], json!([{"state": "discovered", "servers": 4}]));
}

#[tokio::test]
async fn filters_hold_on_every_page() {
    let (world, _) = world().await;
    let root = Credential::LocalRoot;
    let input = json!({"limit": 1, "account": "zeta"});
    assert_eq!(walk(&world, &root, "server.list", input, "name").await, [["s-1"], ["s-5"]]);
    let input = json!({"limit": 1, "search": "00:01:0 s-1"});
    assert_eq!(walk(&world, &root, "server.list", input, "name").await, [["s-1"], ["s-10"], ["s-11"]]);
    assert_eq!(world.done("server.count", json!({"search": "s-1"})).await["items"][0]["servers"], 3);
    assert_eq!(world.done("server.list", json!({"search": "s_1"})).await["items"], json!([]));
    let input = json!({"limit": 2, "action": "server.assign"});
    assert_eq!(walk(&world, &root, "audit.list", input, "action").await.concat().len(), 6);
}

#[tokio::test]
async fn what_is_no_cursor_of_the_list_is_named() {
    let (world, _) = world().await;
    let next = world.done("server.list", json!({"limit": 1})).await["next"].clone();
    for (action, input, said) in [
        ("server.list", json!({"after": next, "order": "descending"}), "another order"),
        ("server.list", json!({"after": next, "sort": "state"}), "another order"),
        ("user.list", json!({"after": next}), "another list"),
        ("server.list", json!({"after": "s-1"}), "is not the `next`"),
        ("job.list", json!({"after": "41"}), "is not the `next`"),
        ("audit.list", json!({"after": "x".repeat(257)}), "longer than 256"),
        ("account.list", json!({"limit": 501}), "500"),
        ("account.list", json!({"limit": 0}), "1"),
    ] {
        let fault = world.refused(action, input.clone()).await;
        assert_eq!(fault.fields.len(), 1, "{input}: {fault}");
        assert!(fault.to_string().contains(said), "{input}: {fault}");
    }
}
