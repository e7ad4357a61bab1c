//! Calls with an idempotency key.

use std::sync::Arc;

use rackwright_catalog::{Fault, FaultCode, IdempotencyKey, Role};
use rackwright_domain::{Credential, Origin};
use rackwright_model::Scope;
use rackwright_store::kept_answer::{KeptCall, kept_answer_begin, kept_answer_delete, kept_answer_get};
use rackwright_store::person::person_named;
use serde_json::{Value, json};

use crate::support::World;

const DAY_MS: i64 = 86_400_000;

async fn keyed(
    world: &World,
    credential: &Credential,
    key: &str,
    action: &str,
    input: Value,
) -> Result<Value, Fault> {
    let key: IdempotencyKey = key.parse().expect("a key");
    world.domain.call_with_key(credential, Origin::Api, action, input, Some(&key)).await
}

async fn names(world: &World, credential: &Credential) -> usize {
    let list = world.call(credential, "token.list", json!({})).await.expect("lists");
    list["items"].as_array().expect("items").len()
}

#[tokio::test]
async fn the_same_call_is_answered_with_the_first_answer() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let first =
        keyed(&world, &owner, "k", "token.create", json!({"name": "ci", "days": 2})).await.expect("made");
    let again = keyed(&world, &owner, "k", "token.create", json!({"days": 2, "name": "ci"})).await;
    assert_eq!(again.expect("replayed"), first, "with the token, which is made only once");
    assert_eq!(names(&world, &owner).await, 1);
    let rows = world.done("audit.list", json!({"action": "token.create"})).await;
    assert_eq!(rows["items"].as_array().expect("rows").len(), 1, "{rows}");
}

#[tokio::test]
async fn another_call_under_the_same_key_is_refused() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    keyed(&world, &owner, "k", "token.create", json!({"name": "a"})).await.expect("made");
    for (action, input) in [("token.create", json!({"name": "b"})), ("token.revoke", json!({"name": "a"}))] {
        let fault = keyed(&world, &owner, "k", action, input).await.expect_err("another call");
        assert_eq!(fault.code, FaultCode::Conflict);
        assert!(fault.reason.contains("idempotency key"), "{fault}");
    }
    assert_eq!(names(&world, &owner).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn duplicates_at_the_same_time_run_once() {
    let world = Arc::new(World::new());
    let owner = world.session(Role::Owner).await;
    let calls = (0..40).map(|at| {
        let (world, owner) = (Arc::clone(&world), owner.clone());
        let key = format!("k{}", at % 4);
        tokio::spawn(async move {
            let name = json!({"name": key});
            keyed(&world, &owner, &key, "token.create", name).await.expect("the one answer")["token"].clone()
        })
    });
    let mut tokens = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        tokens.push(call.await.expect("no panic").to_string());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!((tokens.len(), names(&world, &owner).await), (4, 4));
}

#[tokio::test]
async fn keys_belong_to_a_person_and_last_a_day() {
    let world = World::new();
    let (owner, engineer) = (world.session(Role::Owner).await, world.session(Role::Engineer).await);
    let make = async |who: &Credential, name: &str| {
        keyed(&world, who, "k", "token.create", json!({"name": name})).await
    };
    let first = make(&owner, "a").await.expect("made");
    assert_ne!(make(&engineer, "a").await.expect("another person's own")["token"], first["token"]);
    world.clock.pass(DAY_MS - 1);
    assert_eq!(make(&owner, "b").await.expect_err("still kept").code, FaultCode::Conflict);
    world.clock.pass(2);
    make(&owner, "b").await.expect("the key is free again");
}

#[tokio::test]
async fn a_limited_token_is_not_handed_what_its_user_got_with_more() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let made = world.call(&owner, "token.create", json!({"name": "ci", "permissions": ["look"]})).await;
    let limited = Credential::Bearer(made.expect("made")["token"].as_str().expect("a token").to_owned());
    let mighty = keyed(&world, &owner, "k", "token.create", json!({"name": "all"})).await.expect("made");
    let fault = keyed(&world, &limited, "k", "token.create", json!({"name": "all"})).await;
    let fault = fault.expect_err("a call of its own, and the name is taken");
    assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    assert!(!fault.to_string().contains(mighty["token"].as_str().expect("a token")), "{fault}");
}

#[tokio::test]
async fn a_refusal_does_not_use_the_key_up() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let bad = keyed(&world, &owner, "k", "token.create", json!({"name": "a", "days": 0})).await;
    assert_eq!(bad.expect_err("wrong").code, FaultCode::InvalidInput);
    let missing = keyed(&world, &owner, "k", "token.revoke", json!({"name": "a"})).await;
    assert_eq!(missing.expect_err("not there").code, FaultCode::NotFound);
    keyed(&world, &owner, "k", "token.create", json!({"name": "a"})).await.expect("made");
}

#[tokio::test]
async fn whoever_may_not_do_it_gets_no_kept_answer() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    keyed(&world, &owner, "k", "token.create", json!({"name": "a"})).await.expect("made");
    let fault = keyed(&world, &Credential::None, "k", "token.create", json!({"name": "a"})).await;
    assert_eq!(fault.expect_err("a stranger").code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn the_database_holds_neither_the_input_nor_the_answer() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let made = keyed(&world, &owner, "k", "token.create", json!({"name": "a"})).await.expect("made");
    let token = made["token"].as_str().expect("a token").to_owned();
    let row = world
        .domain
        .read(|tx| {
            let person = person_named(tx, &Scope::everything(), "owner")?.expect("on record");
            let call = KeptCall { who: format!("user {}", person.id.0), key: "k".to_owned() };
            Ok(kept_answer_get(tx, &call)?.expect("kept"))
        })
        .await
        .expect("reads");
    let answer = row.answer.expect("an answer");
    assert!(row.input_mac.len() == 64 && !answer.contains(&token) && !answer.contains("token"), "{answer}");
}

#[tokio::test]
async fn a_call_that_was_cut_off_is_not_made_again() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let call = async |name: &str| keyed(&world, &owner, "k", "token.create", json!({"name": name})).await;
    call("a").await.expect("made");
    // What a Control Center leaves behind that was killed before it could keep the answer.
    world
        .domain
        .write(|tx| {
            let person = person_named(tx, &Scope::everything(), "owner")?.expect("on record");
            let call = KeptCall { who: format!("user {}", person.id.0), key: "k".to_owned() };
            let mac = kept_answer_get(tx, &call)?.expect("kept").input_mac;
            kept_answer_delete(tx, &call)?;
            Ok(kept_answer_begin(tx, &call, &mac, crate::support::START)?)
        })
        .await
        .expect("written");
    world.call(&owner, "token.revoke", json!({"name": "a"})).await.expect("revoked");
    let fault = call("a").await.expect_err("nobody knows");
    assert!(fault.code == FaultCode::Conflict && fault.reason.contains("cut off"), "{fault}");
    assert_eq!(names(&world, &owner).await, 0);
}
