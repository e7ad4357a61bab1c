//! Entering somebody's panel, and sessions seen and ended from elsewhere.

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

/// The session as it is after entering or leaving.
fn moved(answer: &Value) -> Credential {
    Credential::Bearer(answer["session"].as_str().expect("a session").to_owned())
}

#[tokio::test]
async fn a_guest_sees_what_the_host_sees_and_is_on_record_on_both_sides() {
    let world = World::new();
    let support = world.session(Role::Support).await;
    let jo = world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let entered =
        world.call(&support, "session.enter", json!({"user": "acme-shop-jo"})).await.expect("enters");
    assert_eq!((&entered["user"], &entered["entered_by"]), (&json!("acme-shop-jo"), &json!("support")));
    let refused =
        world.call(&support, "session.show", json!({})).await.expect_err("it is another session now");
    assert_eq!(refused.code, FaultCode::NotSignedIn);
    let support = moved(&entered);
    let accounts = world.call(&support, "account.list", json!({})).await.expect("is allowed");
    assert_eq!(accounts["items"].as_array().map(Vec::len), Some(1), "{accounts}");
    let refused = world.call(&support, "image.list", json!({})).await.expect_err("the host may not");
    assert_eq!(refused.code, FaultCode::Forbidden);
    // The host sees who was there, and what was done.
    let audit = world.call(&jo, "audit.list", json!({})).await.expect("is allowed");
    let rows: Vec<_> = audit["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["action"].clone(), row["user"].clone(), row["behind"].clone()))
        .collect();
    assert_eq!(rows, [(json!("session.enter"), json!("acme-shop-jo"), json!("support"))]);
    let provider = world.done("audit.list", json!({"action": "session.enter", "user": "support"})).await;
    assert_eq!(provider["items"][0]["account"], "provider");
    let back = world.call(&support, "session.leave", json!({})).await.expect("returns");
    assert!(world.call(&support, "session.show", json!({})).await.is_err(), "it is another session again");
    let support = moved(&back);
    assert_eq!((&back["user"], &back["entered_by"]), (&json!("support"), &Value::Null));
    world.call(&support, "image.list", json!({})).await.expect("is support again");
}

#[tokio::test]
async fn nobody_enters_upward_sideways_or_twice() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.session_in("acme", "acme-lee", Role::Reseller).await;
    world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    world.session_in("zeta-shop", "zeta-shop-jo", Role::AccountManager).await;
    for (user, code) in [
        ("owner", FaultCode::NotFound),
        ("zeta-shop-jo", FaultCode::NotFound),
        ("acme-lee", FaultCode::Forbidden),
        ("acme-kim", FaultCode::Forbidden),
    ] {
        let refused =
            world.call(&acme, "session.enter", json!({"user": user})).await.expect_err("is refused");
        assert_eq!(refused.code, code, "{user}: {refused}");
    }
    let entered = world.call(&owner, "session.enter", json!({"user": "acme-kim"})).await.expect("enters");
    let owner = moved(&entered);
    let refused =
        world.call(&owner, "session.enter", json!({"user": "acme-shop-jo"})).await.expect_err("twice");
    assert_eq!(refused.code, FaultCode::Conflict);
    let refused = world.root("session.enter", json!({"user": "acme-kim"})).await.expect_err("has no session");
    assert_eq!(refused.code, FaultCode::Conflict);
    let refused = world.call(&acme, "session.leave", json!({})).await.expect_err("is at home");
    assert_eq!(refused.code, FaultCode::Conflict);
}

#[tokio::test]
async fn a_guest_makes_no_credentials() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.session_in("acme", "acme-lee", Role::Reseller).await;
    let entered = world.call(&owner, "session.enter", json!({"user": "acme-kim"})).await.expect("enters");
    let owner = moved(&entered);
    let password = "correct horse battery";
    for (action, input) in [
        ("token.create", json!({"name": "ci"})),
        ("token.revoke", json!({"name": "ci"})),
        ("session.revoke", json!({"id": "k3v7q2m9"})),
        ("user.passwd", json!({"user": "acme-lee", "password": password})),
        ("user.create", json!({"user": "acme-pat", "role": "reseller", "password": password})),
        ("user.change", json!({"user": "acme-lee", "email": "me@example.com"})),
        ("user.remove", json!({"user": "acme-lee", "confirm": "acme-lee"})),
        ("account.remove", json!({"account": "acme-shop", "confirm": "acme-shop"})),
    ] {
        let refused = world.call(&owner, action, input).await.expect_err("is refused");
        assert_eq!(refused.code, FaultCode::Forbidden, "{action}: {refused}");
    }
}

#[tokio::test]
async fn a_guest_is_out_when_the_right_to_be_there_ends() {
    let world = World::new();
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let entered = world.call(&acme, "session.enter", json!({"user": "acme-shop-jo"})).await.expect("enters");
    let acme = moved(&entered);
    world.done("account.suspend", json!({"account": "acme-shop"})).await;
    let refused = world.call(&acme, "session.show", json!({})).await.expect_err("is out");
    assert_eq!(refused.code, FaultCode::NotSignedIn);
    world.done("account.resume", json!({"account": "acme-shop"})).await;
    world.call(&acme, "session.show", json!({})).await.expect("is in again");
    world.done("user.remove", json!({"user": "acme-shop-jo", "confirm": "acme-shop-jo"})).await;
    let refused = world.call(&acme, "session.show", json!({})).await.expect_err("the session ended");
    assert_eq!(refused.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn sessions_are_seen_and_ended_from_elsewhere() {
    let world = World::new();
    let here = world.session(Role::Engineer).await;
    let there = world.session(Role::Engineer).await;
    let list =
        async || world.call(&here, "session.list", json!({})).await.expect("is allowed")["items"].clone();
    let rows = list().await;
    let other =
        rows.as_array().expect("a list").iter().find(|row| row["current"] == false).expect("another").clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
    let input = json!({"id": other["id"]});
    let stranger = world.session(Role::Support).await;
    let refused = world.call(&stranger, "session.revoke", input.clone()).await.expect_err("not one's own");
    assert_eq!(refused.code, FaultCode::NotFound);
    world.call(&here, "session.revoke", input).await.expect("is ended");
    assert!(world.call(&there, "session.show", json!({})).await.is_err());
    assert_eq!(list().await.as_array().map(Vec::len), Some(1));
    let owner = world.session(Role::Owner).await;
    let seen = world.call(&owner, "session.list", json!({"user": "engineer"})).await.expect("manages people");
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["items"][0]["current"], false);
}
