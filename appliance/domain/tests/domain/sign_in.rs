//! Signing in and out.

use rackwright_catalog::FaultCode;
use rackwright_domain::Credential;
use serde_json::json;

use crate::support::World;

const RIGHT: &str = "correct horse battery";
const WRONG: &str = "staple every battery";

async fn world_with_robin() -> World {
    let world = World::new();
    world.done("user.create", json!({"user": "robin", "role": "engineer", "password": RIGHT})).await;
    world
}

#[tokio::test]
async fn a_session_opens_shows_who_it_is_and_closes() {
    let world = world_with_robin().await;
    let session = world.sign_in("robin", RIGHT).await.expect("signs in");
    let shown = world.call(&session, "session.show", json!({})).await.expect("is signed in");
    assert_eq!((&shown["user"], &shown["by"]), (&json!("robin"), &json!("session")));
    let audit = world.done("audit.list", json!({"action": "session.open"})).await;
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit}");
    assert_eq!(audit["items"][0]["user"], "robin");
    world.call(&session, "session.close", json!({})).await.expect("signs out");
    let fault = world.call(&session, "session.show", json!({})).await.expect_err("is signed out");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn a_session_lasts_twelve_hours() {
    let world = world_with_robin().await;
    let session = world.sign_in("robin", RIGHT).await.expect("signs in");
    world.clock.pass(12 * 3_600_000 - 1);
    assert!(world.call(&session, "session.show", json!({})).await.is_ok());
    world.clock.pass(1);
    let fault = world.call(&session, "session.show", json!({})).await.expect_err("has expired");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let world = world_with_robin().await;
    let mut wrong_password = world.sign_in("robin", WRONG).await.err().expect("is refused");
    let wrong_name = world.sign_in("nobin", RIGHT).await.err().expect("is refused");
    wrong_password.attempted = wrong_password.attempted.replace("robin", "nobin");
    assert_eq!(wrong_password, wrong_name);
    assert_eq!(wrong_name.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_owner_gets_in_later() {
    let world = world_with_robin().await;
    let mut slowed = None;
    for _ in 0..6 {
        let fault = world.sign_in("robin", WRONG).await.err().expect("is refused");
        if fault.code == FaultCode::TooMany {
            slowed = Some(fault);
        }
    }
    let slowed = slowed.expect("the sixth guess has to wait");
    assert!(slowed.advice.contains("in 1 s"), "{slowed}");
    let still = world.sign_in("robin", RIGHT).await.err().expect("even the right password has to wait");
    assert_eq!(still.code, FaultCode::TooMany);
    world.clock.pass(1_000);
    world.sign_in("robin", RIGHT).await.expect("the owner gets in");
    assert_eq!(
        world.sign_in("robin", WRONG).await.err().map(|fault| fault.code),
        Some(FaultCode::NotSignedIn)
    );
}

#[tokio::test]
async fn no_session_outlives_the_password_that_it_began_with() {
    let world = world_with_robin().await;
    let change = async || world.done("user.passwd", json!({"user": "robin", "password": WRONG})).await;
    let (signed_in, _) = tokio::join!(world.sign_in("robin", RIGHT), change());
    // Whichever came first.
    if let Ok(session) = signed_in {
        world.call(&session, "session.show", json!({})).await.expect_err("has ended");
    }
    world.sign_in("robin", WRONG).await.expect("the new one");
}

#[tokio::test]
async fn credentials_that_nobody_gave_out_open_nothing() {
    let world = World::new();
    for text in ["rws_0", "rwt_0", "", "Basic cm9vdA==", "rws_' OR 1=1 --"] {
        let fault = world
            .call(&Credential::Bearer(text.to_owned()), "session.show", json!({}))
            .await
            .expect_err(text);
        assert_eq!(fault.code, FaultCode::NotSignedIn, "{text}");
    }
    let fault = world.call(&Credential::None, "session.show", json!({})).await.expect_err("nobody");
    assert_eq!(fault.code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn local_root_is_the_owner_and_has_no_session_to_close() {
    let world = World::new();
    let shown = world.done("session.show", json!({})).await;
    assert_eq!(
        (&shown["user"], &shown["role"], &shown["by"]),
        (&json!("root"), &json!("owner"), &json!("local"))
    );
    assert_eq!(world.refused("session.close", json!({})).await.code, FaultCode::Conflict);
}

#[tokio::test]
async fn the_first_admin_is_made_once_and_signs_in() {
    let world = World::new();
    let password = world.domain.first_admin().await.expect("room").expect("nobody was there");
    assert_eq!(password.len(), 23, "four groups of five: {password}");
    world.sign_in("admin", &password).await.expect("signs in");
    assert_eq!(world.domain.first_admin().await.expect("room"), None);
    let users = world.done("user.list", json!({})).await;
    assert_eq!(users["items"][0]["role"], "owner");
    assert!(users["items"][0]["signed_in_at"].is_i64(), "{users}");
}
