//! What happens to machines that nobody announced.

use rackwright_catalog::FaultCode;
use serde_json::{Value, json};

use crate::images::with_image;
use crate::support::World;

#[tokio::test]
async fn the_policy_is_to_wait_until_it_is_set() {
    let world = with_image("debian-12").await;
    assert_eq!(
        world.done("discovery.show", json!({})).await,
        json!({"policy": "wait", "profile": Value::Null})
    );
    world.done("profile.create", json!({"name": "web", "image": "debian-12"})).await;
    let auto = json!({"policy": "auto-install", "profile": "web"});
    let set = world.done("discovery.set", auto.clone()).await;
    assert_eq!((&set["policy"], &set["profile"]), (&auto["policy"], &auto["profile"]));
    assert_eq!(world.done("discovery.show", json!({})).await, auto);
    world.done("discovery.set", json!({"policy": "wait"})).await;
    assert_eq!(world.done("discovery.show", json!({})).await["policy"], "wait");
}

#[tokio::test]
async fn the_profile_must_exist_and_fit_the_policy() {
    let world = World::new();
    for input in [
        json!({"policy": "auto-install", "profile": "web"}),
        json!({"policy": "auto-install"}),
        json!({"policy": "wait", "profile": "web"}),
    ] {
        let fault = world.refused("discovery.set", input.clone()).await;
        assert_eq!(
            (fault.code, fault.fields[0].field.as_str()),
            (FaultCode::InvalidInput, "profile"),
            "{input}"
        );
    }
}
