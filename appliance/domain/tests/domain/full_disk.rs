//! A full data disk: changes are refused by name, looking goes on, and the status says so.

use std::sync::Arc;
use std::time::Duration;

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::reconcile;
use rackwright_store::{Connection, StoreError};
use serde_json::{Value, json};

use crate::support::World;

impl World {
    /// Allow the database no more pages than it has, plus `spare`. No change that the Control Center would know of.
    async fn leave_pages(&self, spare: i64) {
        let set = move |tx: &Connection| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {}", pages + spare), [], |_| Ok(()))?;
            Ok::<_, StoreError>(())
        };
        self.domain.store.write(set).await.expect("is set");
    }

    async fn storage_problem(&self) -> Value {
        self.done("system.status", json!({})).await["storage_problem"].clone()
    }
}

fn big_profile(name: &str) -> Value {
    json!({"name": name, "image": "debian-12", "post_install": vec!["x".repeat(4_000); 100]})
}

#[tokio::test]
async fn changes_are_refused_looking_goes_on_and_room_heals_it() {
    let world = crate::images::with_image("debian-12").await;
    let session = world.session(Role::Engineer).await;
    assert_eq!(world.storage_problem().await, Value::Null);
    world.leave_pages(0).await;

    let fault =
        world.call(&session, "profile.create", big_profile("web")).await.expect_err("there is no room");
    assert_eq!(fault.code, FaultCode::StorageFull, "{fault}");
    assert!(fault.advice.contains("Make room"), "{fault}");
    let images = world.call(&session, "image.list", json!({})).await.expect("looking goes on");
    assert_eq!(images["items"][0]["name"], "debian-12");
    assert_eq!(world.done("profile.list", json!({})).await["items"], json!([]));
    let problem = world.storage_problem().await;
    assert!(problem.as_str().is_some_and(|sentence| sentence.contains("full")), "{problem}");

    world.leave_pages(10_000).await;
    world.call(&session, "profile.create", big_profile("web")).await.expect("there is room again");
    assert_eq!(world.storage_problem().await, Value::Null);
}

/// Longer than it takes to find out; a test that reaches it has failed.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_problem_goes_by_itself_once_there_is_room() {
    let world = crate::images::with_image("debian-12").await;
    let reconcilers = tokio::spawn(reconcile::run(Arc::clone(&world.domain)));
    world.leave_pages(0).await;
    let start = world.done("server.watch", json!({"wait_s": 0})).await["next"].clone();
    world.refused("profile.create", big_profile("web")).await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert!(world.storage_problem().await.is_string(), "a trial found no room");

    world.leave_pages(10_000).await;
    let heals = async {
        while world.storage_problem().await.is_string() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LIMIT, heals).await.expect("the problem is gone");
    let told = world.done("server.watch", json!({"after": start, "wait_s": 0})).await;
    let texts: Vec<&str> =
        told["items"].as_array().expect("events").iter().filter_map(|event| event["text"].as_str()).collect();
    assert!(texts.len() == 2 && texts[0].contains("full") && texts[1].contains("room again"), "{texts:?}");
    reconcilers.abort();
}

#[tokio::test]
async fn the_status_shows_the_room_on_the_disk_and_the_counters() {
    let world = World::new();
    let status = world.done("system.status", json!({})).await;
    let (all, free) =
        (status["data_bytes"].as_u64().expect("bytes"), status["data_free_bytes"].as_u64().expect("bytes"));
    assert!(free <= all && all > 0, "{status}");
    assert_eq!(
        (&status["counters"], &status["agents_connected"]),
        (&json!({"dhcp.malformed": 3}), &json!(0))
    );
}
