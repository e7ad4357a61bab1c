//! API tokens.

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

const DAY_MS: i64 = 86_400_000;

async fn token(world: &World, session: &Credential, input: Value) -> Credential {
    let made = world.call(session, "token.create", input).await.expect("is made");
    Credential::Bearer(made["token"].as_str().expect("a token").to_owned())
}

#[tokio::test]
async fn a_token_acts_for_its_maker_until_it_expires() {
    let world = World::new();
    let session = world.session(Role::Engineer).await;
    let token = token(&world, &session, json!({"name": "ci", "days": 1})).await;
    let shown = world.call(&token, "session.show", json!({})).await.expect("is known");
    assert_eq!((&shown["user"], &shown["by"]), (&json!("engineer"), &json!("token")));
    world.clock.pass(DAY_MS);
    let fault = world.call(&token, "session.show", json!({})).await.expect_err("has expired");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn the_last_use_is_shown_to_the_minute() {
    let world = World::new();
    let session = world.session(Role::Owner).await;
    let token = token(&world, &session, json!({"name": "ci"})).await;
    let used_at = async || {
        let list = world.call(&session, "token.list", json!({})).await.expect("lists");
        list["items"][0]["used_at"].as_i64()
    };
    assert_eq!(used_at().await, None);
    world.call(&token, "session.show", json!({})).await.expect("is known");
    let first = used_at().await.expect("was used");
    world.clock.pass(59_999);
    world.call(&token, "session.show", json!({})).await.expect("is known");
    assert_eq!(used_at().await, Some(first));
    world.clock.pass(1);
    world.call(&token, "session.show", json!({})).await.expect("is known");
    assert_eq!(used_at().await, Some(first + 60_000));
}

#[tokio::test]
async fn a_token_is_revoked_by_its_maker_only() {
    let world = World::new();
    let (owner, engineer) = (world.session(Role::Owner).await, world.session(Role::Engineer).await);
    let token = token(&world, &engineer, json!({"name": "ci"})).await;
    assert_eq!(world.call(&owner, "token.list", json!({})).await.expect("lists")["items"], json!([]));
    let not_mine = world.call(&owner, "token.revoke", json!({"name": "ci"})).await.expect_err("is another's");
    assert_eq!(not_mine.code, FaultCode::NotFound);
    world.call(&engineer, "token.revoke", json!({"name": "ci"})).await.expect("is revoked");
    assert!(world.call(&token, "session.show", json!({})).await.is_err());
}

#[tokio::test]
async fn a_name_is_taken_once_per_person_and_local_root_has_no_tokens() {
    let world = World::new();
    let (owner, engineer) = (world.session(Role::Owner).await, world.session(Role::Engineer).await);
    token(&world, &owner, json!({"name": "ci"})).await;
    token(&world, &engineer, json!({"name": "ci"})).await;
    let twice = world.call(&owner, "token.create", json!({"name": "ci"})).await.expect_err("is taken");
    assert_eq!(twice.code, FaultCode::Conflict);
    assert!(twice.advice.contains("rackwright token revoke ci"), "{twice}");
    assert_eq!(world.refused("token.create", json!({"name": "ci"})).await.code, FaultCode::Conflict);
    assert_eq!(world.done("token.list", json!({})).await["items"], json!([]));
}

#[tokio::test]
async fn a_token_does_no_more_than_it_is_meant_for() {
    let world = World::new();
    let session = world.session(Role::Engineer).await;
    let token = token(&world, &session, json!({"name": "ci", "permissions": ["look"]})).await;
    world.call(&token, "server.list", json!({})).await.expect("is meant for it");
    let fault = world.call(&token, "image.list", json!({})).await.expect_err("is not meant for it");
    assert_eq!(fault.code, FaultCode::Forbidden);
    assert!(fault.reason.contains("inspect"), "{fault}");
    // Nor does it make a mightier one.
    for permissions in [json!(["look", "inspect"]), json!(["people"])] {
        let input = json!({"name": "more", "permissions": permissions});
        let fault = world.call(&token, "token.create", input).await.expect_err("is more");
        assert_eq!(fault.fields[0].field, "permissions", "{fault}");
    }
    let made = world.call(&token, "token.create", json!({"name": "same"})).await.expect("as mighty");
    let made = Credential::Bearer(made["token"].as_str().expect("a token").to_owned());
    world.call(&made, "image.list", json!({})).await.expect_err("is as limited");
    let fault = world.call(&session, "token.create", json!({"name": "x", "permissions": ["people"]})).await;
    assert_eq!(fault.expect_err("more than the role").fields[0].field, "permissions");
}

#[tokio::test]
async fn nobody_has_tokens_without_end() {
    let world = World::new();
    let session = world.session(Role::PsUser).await;
    for number in 0..200 {
        token(&world, &session, json!({"name": format!("t{number}")})).await;
    }
    let fault = world.call(&session, "token.create", json!({"name": "more"})).await.expect_err("is refused");
    assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    world.call(&session, "token.revoke", json!({"name": "t7"})).await.expect("is revoked");
    token(&world, &session, json!({"name": "more"})).await;
}

#[tokio::test]
async fn a_token_makes_none_that_outlives_it() {
    let world = World::new();
    let session = world.session(Role::Engineer).await;
    let first = token(&world, &session, json!({"name": "ci", "days": 2})).await;
    let second = token(&world, &first, json!({"name": "longer", "days": 3650})).await;
    let third = token(&world, &second, json!({"name": "shorter", "days": 1})).await;
    world.clock.pass(DAY_MS);
    world.call(&second, "session.show", json!({})).await.expect("lasts as long as the first");
    world.call(&third, "session.show", json!({})).await.expect_err("lasts as long as was asked for");
    world.clock.pass(DAY_MS);
    let fault = world.call(&second, "session.show", json!({})).await.expect_err("no longer");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn a_token_for_looking_ends_neither_tokens_nor_sessions() {
    let world = World::new();
    let session = world.session(Role::Engineer).await;
    token(&world, &session, json!({"name": "other"})).await;
    let token = token(&world, &session, json!({"name": "ci", "permissions": ["look"]})).await;
    let list = world.call(&session, "session.list", json!({})).await.expect("lists");
    for (action, input) in [
        ("token.revoke", json!({"name": "other"})),
        ("session.revoke", json!({"id": list["items"][0]["id"]})),
    ] {
        let fault = world.call(&token, action, input).await.expect_err("is not meant for it");
        assert_eq!(fault.code, FaultCode::Forbidden, "{action}: {fault}");
    }
    world.call(&session, "token.revoke", json!({"name": "other"})).await.expect("is revoked");
}

#[tokio::test]
async fn a_token_that_manages_people_makes_nobody_mightier_than_itself() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    world.session(Role::Support).await;
    let token = token(&world, &owner, json!({"name": "ci", "permissions": ["people", "look"]})).await;
    let password = "correct horse battery";
    let create = json!({"user": "eve", "role": "owner", "password": password});
    let fault = world.call(&token, "user.create", create).await.expect_err("an owner may more");
    assert_eq!(fault.fields[0].field, "role", "{fault}");
    for input in [
        json!({"user": "owner", "password": password, "current": "whatever it was"}),
        json!({"user": "support", "password": password}),
    ] {
        world.call(&token, "user.passwd", input).await.expect_err("takes nobody over");
    }
    let made = world.call(&token, "token.create", json!({"name": "more", "user": "support"})).await;
    made.expect_err("nor by a token");
}
