//! Whose private servers are whose, and what is found of them.

use rackwright_catalog::Role;
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::private::input;

async fn found(world: &World, who: &Credential, query: &str) -> Vec<String> {
    let found = world.call(who, "search.find", json!({"query": query})).await.expect("is allowed");
    let items = found["items"].as_array().expect("a page");
    items.iter().map(|hit| format!("{} {}", hit["kind"], hit["name"]).replace('"', "")).collect()
}

#[tokio::test]
async fn they_are_found_and_listed_by_those_who_may_see_them() {
    let world = World::with_room().await;
    let shop = world.session(Role::AccountManager).await;
    let other = world.session_in("zeta-shop", "zeta-shop-kim", Role::AccountManager).await;
    let mut draft = input("acme-web");
    draft["account"] = json!("acme-shop");
    draft["size"]["cpu_permille"] = json!(10);
    world.done("private-server.create", draft.clone()).await;
    draft["name"] = json!("lone");
    draft["account"] = Value::Null;
    world.done("private-server.create", draft).await;
    for query in ["acme-w", "10.78.0.3", "3"] {
        assert_eq!(found(&world, &shop, query).await, ["private-server acme-web"], "{query}");
        assert!(found(&world, &other, query).await.is_empty(), "{query}");
    }
    assert!(found(&world, &Credential::LocalRoot, "ne").await.contains(&"private-server lone".to_owned()));
    let names = async |who: &Credential, input: Value| {
        let list = world.call(who, "private-server.list", input).await.expect("is allowed");
        let items = list["items"].as_array().expect("a page").clone();
        items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&shop, json!({})).await, ["acme-web"]);
    assert_eq!(names(&other, json!({})).await, Vec::<String>::new());
    assert_eq!(names(&Credential::LocalRoot, json!({"order": "descending"})).await, ["lone", "acme-web"]);
    assert_eq!(names(&Credential::LocalRoot, json!({"account": "acme-shop"})).await, ["acme-web"]);
    // The name of a server is no word for those who may not see it.
    assert_eq!(names(&shop, json!({"search": "h1"})).await, Vec::<String>::new());
    assert_eq!(names(&Credential::LocalRoot, json!({"search": "h1 shop"})).await, ["acme-web"]);
    let first = world.done("private-server.list", json!({"limit": 1})).await;
    let second = world.done("private-server.list", json!({"limit": 1, "after": first["next"]})).await;
    assert_eq!((&second["items"][0]["name"], &second["next"]), (&json!("lone"), &Value::Null));
}

#[tokio::test]
async fn a_name_is_given_once_and_by_those_to_whom_it_belongs() {
    let world = World::with_room().await;
    let manager = world.session(Role::AccountManager).await;
    let mut draft = input("acme-shop-web");
    draft["account"] = json!("acme-shop");
    world.done("private-server.create", draft.clone()).await;
    let fault = world.refused("private-server.create", draft).await;
    assert_eq!(fault.reason, "there is a private server acme-shop-web already");
    let rename = |name: &str| json!({"private_server": "acme-shop-web", "name": name});
    let fault = world.call(&manager, "private-server.rename", rename("web")).await.expect_err("no prefix");
    assert_eq!(fault.fields[0].problem, "must begin with acme-shop-");
    let view = world.call(&manager, "private-server.rename", rename("acme-shop-www")).await.expect("its own");
    assert_eq!(view["name"], "acme-shop-www");
    // Nobody makes an account that would own the name of another's private server.
    let mut lone = input("late-web");
    lone["size"]["cpu_permille"] = json!(1);
    lone["size"]["memory_mib"] = json!(32);
    world.done("private-server.create", lone).await;
    let fault = world.refused("account.create", json!({"name": "late", "tier": "reseller"})).await;
    assert!(fault.reason.contains("private servers elsewhere whose names begin with late-"), "{fault}");
}
