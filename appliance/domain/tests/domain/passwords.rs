//! Setting passwords.

use rackwright_catalog::{Fault, FaultCode};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

const OLD: &str = "correct horse battery";
const NEW: &str = "staple every battery";

async fn world_with(users: &[(&str, &str)]) -> World {
    let world = World::new();
    for (user, role) in users {
        world.done("user.create", json!({"user": user, "role": role, "password": OLD})).await;
    }
    world
}

fn code(result: Result<Value, Fault>) -> Option<FaultCode> {
    result.err().map(|fault| fault.code)
}

#[tokio::test]
async fn ones_own_password_needs_the_present_one_and_ends_every_session() {
    let world = world_with(&[("robin", "support")]).await;
    let (one, other) =
        (world.sign_in("robin", OLD).await.expect("in"), world.sign_in("robin", OLD).await.expect("in"));
    let missing = world.call(&one, "user.passwd", json!({"password": NEW})).await.expect_err("needs it");
    assert_eq!((missing.code, missing.fields[0].field.as_str()), (FaultCode::InvalidInput, "current"));
    let wrong = world
        .call(&one, "user.passwd", json!({"password": NEW, "current": NEW}))
        .await
        .expect_err("is wrong");
    assert_eq!((wrong.code, wrong.fields[0].field.as_str()), (FaultCode::InvalidInput, "current"));
    let done =
        world.call(&one, "user.passwd", json!({"password": NEW, "current": OLD})).await.expect("is set");
    assert!(
        done["message"].as_str().is_some_and(|text| text.contains("all sessions of robin are ended")),
        "{done}"
    );
    for session in [one, other] {
        assert_eq!(code(world.call(&session, "session.show", json!({})).await), Some(FaultCode::NotSignedIn));
    }
    assert!(world.sign_in("robin", OLD).await.is_err());
    world.sign_in("robin", NEW).await.expect("the new one works");
}

#[tokio::test]
async fn an_owner_sets_anothers_password_and_an_engineer_does_not() {
    let world = world_with(&[("ann", "owner"), ("robin", "engineer")]).await;
    let (ann, robin) =
        (world.sign_in("ann", OLD).await.expect("in"), world.sign_in("robin", OLD).await.expect("in"));
    for user in ["ann", "nobody-here"] {
        let refused = world.call(&robin, "user.passwd", json!({"user": user, "password": NEW})).await;
        assert_eq!(code(refused), Some(FaultCode::Forbidden), "{user}");
    }
    world.call(&ann, "user.passwd", json!({"user": "robin", "password": NEW})).await.expect("an owner may");
    assert_eq!(code(world.call(&robin, "session.show", json!({})).await), Some(FaultCode::NotSignedIn));
    assert!(world.call(&ann, "session.show", json!({})).await.is_ok(), "the owner stays signed in");
    let unknown = world.call(&ann, "user.passwd", json!({"user": "nobody-here", "password": NEW})).await;
    assert_eq!(code(unknown), Some(FaultCode::NotFound));
}

#[tokio::test]
async fn local_root_sets_any_password_by_name() {
    let world = world_with(&[("ann", "owner")]).await;
    world.done("user.passwd", json!({"user": "ann", "password": NEW})).await;
    world.sign_in("ann", NEW).await.expect("the new one works");
    let whose = world.refused("user.passwd", json!({"password": NEW})).await;
    assert_eq!((whose.code, whose.fields[0].field.as_str()), (FaultCode::InvalidInput, "user"));
}

#[tokio::test]
async fn guessing_the_present_password_in_a_stolen_session_is_slowed_down() {
    let world = world_with(&[("robin", "support")]).await;
    let session = world.sign_in("robin", OLD).await.expect("in");
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(code(world.call(&session, "user.passwd", json!({"password": NEW, "current": NEW})).await));
    }
    assert_eq!(codes.last(), Some(&Some(FaultCode::TooMany)), "{codes:?}");
}

#[tokio::test]
async fn a_user_is_created_once_and_every_wrong_field_is_named() {
    let world = world_with(&[("robin", "support")]).await;
    let twice =
        world.refused("user.create", json!({"user": "robin", "role": "owner", "password": OLD})).await;
    assert_eq!(twice.code, FaultCode::Conflict);
    assert!(twice.reason.contains("robin"), "{twice}");
    let wrong = world.refused("user.create", json!({"user": "R", "role": "king", "password": "short"})).await;
    let mut fields: Vec<&str> = wrong.fields.iter().map(|field| field.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["password", "role", "user"]);
    assert!(!wrong.to_string().contains("\"short\""), "a fault never shows a password: {wrong}");
}

#[tokio::test]
async fn nobody_creates_users_without_signing_in() {
    let world = World::new();
    let input = json!({"user": "eve", "role": "owner", "password": OLD});
    assert_eq!(code(world.call(&Credential::None, "user.create", input).await), Some(FaultCode::NotSignedIn));
}
