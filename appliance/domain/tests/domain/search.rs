//! Finding things of any kind.

use rackwright_catalog::{Permission, Role};
use rackwright_domain::Credential;
use rackwright_store::job::{JobDraft, JobKind, job_insert};
use serde_json::{Value, json};

use crate::support::{START, World};

/// A world with something of each kind in it.
async fn world() -> World {
    let world = World::new();
    for (name, mac) in [("web-1", "52:54:00:00:00:01"), ("db-web", "52:54:00:00:00:02")] {
        let bmc = json!({"address": "10.9.0.1", "user": "a", "password": "b"});
        world.done("server.add", json!({"name": name, "macs": [mac], "bmc": bmc})).await;
    }
    world
        .done("network.set", json!({"name": "rack-1", "cidr": "10.77.0.0/24", "pool_first": "10.77.0.50", "pool_last": "10.77.0.60"}))
        .await;
    let draft = JobDraft {
        account: rackwright_model::AccountId::PROVIDER,
        kind: JobKind::ImageBuild,
        title: "build image Web 100%".into(),
        input: "{}".into(),
        server: None,
        started_by: "ann".into(),
    };
    world.write(move |tx| Ok(job_insert(tx, &draft, START)?)).await;
    world
}

async fn names(world: &World, query: &str) -> Vec<String> {
    let found = world.done("search.find", json!({"query": query})).await;
    let items = found["items"].as_array().expect("a page");
    items.iter().map(|hit| format!("{} {}", hit["kind"], hit["name"]).replace('"', "")).collect()
}

#[tokio::test]
async fn what_begins_with_the_text_comes_first_and_every_kind_is_looked_through() {
    let world = world().await;
    assert_eq!(names(&world, " WEB ").await, ["server web-1", "server db-web", "job 1"]);
    assert_eq!(names(&world, "00:00:02").await, ["server db-web"]);
    assert_eq!(names(&world, "10.9.0").await, ["server db-web", "server web-1"]);
    assert_eq!(names(&world, "10.77").await, ["network rack-1"]);
    assert_eq!(names(&world, "1").await.last().map(String::as_str), Some("network rack-1"));
    let network = world.done("search.find", json!({"query": "rack"})).await;
    assert_eq!(network["items"][0]["note"], "10.77.0.0/24");
}

#[tokio::test]
async fn signs_of_patterns_are_taken_as_they_are() {
    let world = world().await;
    assert_eq!(names(&world, "100%").await, ["job 1"]);
    for nothing in ["%", "b_w", "w%b", "\\", "'"] {
        let hits = names(&world, nothing).await;
        assert!(
            hits.iter().all(|hit| hit == "job 1") && (nothing == "%" || hits.is_empty()),
            "{nothing}: {hits:?}"
        );
    }
}

#[tokio::test]
async fn hits_are_limited_for_each_kind() {
    let world = world().await;
    let one = world.done("search.find", json!({"query": "web", "limit": 1})).await;
    let kinds: Vec<&Value> =
        one["items"].as_array().expect("a page").iter().map(|hit| &hit["kind"]).collect();
    assert_eq!(kinds, ["server", "job"]);
    for bad in [
        json!({"query": ""}),
        json!({"query": "  "}),
        json!({"query": "x", "limit": 51}),
        json!({"query": "x".repeat(65)}),
    ] {
        assert!(!world.refused("search.find", bad.clone()).await.fields.is_empty(), "{bad}");
    }
}

async fn found(world: &World, session: &Credential, query: &str) -> Vec<String> {
    let found = world.call(session, "search.find", json!({"query": query})).await.expect("is allowed");
    let items = found["items"].as_array().expect("a page");
    items.iter().map(|hit| format!("{} {}", hit["kind"], hit["name"]).replace('"', "")).collect()
}

#[tokio::test]
async fn whoever_may_not_list_people_does_not_find_them() {
    let world = world().await;
    for role in Role::ALL {
        let session = world.session(role).await;
        let people = found(&world, &session, role.word()).await;
        let finds = people.contains(&format!("user {}", role.word()));
        assert_eq!(finds, role.grants(Permission::People), "{}: {people:?}", role.word());
    }
}

#[tokio::test]
async fn racks_are_found_by_name_and_site() {
    let world = world().await;
    world.done("rack.create", json!({"name": "a1", "site": "fra-1"})).await;
    assert_eq!(names(&world, "fra").await, ["rack a1"]);
}

#[tokio::test]
async fn only_those_who_look_after_racks_find_a_server_by_its_bmc() {
    let world = world().await;
    world.session(Role::Reseller).await;
    world.done("server.assign", json!({"server": "web-1", "account": "acme"})).await;
    // Of few accounts every row is looked through, of many the index is asked.
    for (role, finds) in [(Role::Reseller, false), (Role::Billing, false), (Role::Support, true)] {
        let session = world.session(role).await;
        for query in ["10.9.0", "10", ".9."] {
            let servers = found(&world, &session, query).await;
            assert_eq!(servers.contains(&"server web-1".to_owned()), finds, "{} {query}", role.word());
        }
        let by_mac = found(&world, &session, "00:00:01").await;
        assert!(by_mac.contains(&"server web-1".to_owned()), "{}: {by_mac:?}", role.word());
    }
}

#[tokio::test]
async fn nobody_finds_what_belongs_to_others() {
    let world = world().await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let zeta = world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    world.done("server.assign", json!({"server": "web-1", "account": "acme"})).await;
    assert_eq!(found(&world, &acme, "web").await, ["server web-1"]);
    assert_eq!(found(&world, &zeta, "web").await, Vec::<String>::new());
    assert_eq!(found(&world, &acme, "kim").await, ["user acme-kim"]);
    assert_eq!(found(&world, &acme, "zeta").await, Vec::<String>::new());
    assert_eq!(found(&world, &zeta, "zeta").await, ["account zeta", "user zeta-kim"]);
    assert_eq!(found(&world, &acme, "10.77").await, Vec::<String>::new(), "networks are the provider's");
    assert_eq!(names(&world, "kim").await, ["user acme-kim", "user zeta-kim"]);
}
