//! Signing in with a second factor.

use rackwright_catalog::{Fault, FaultCode};
use rackwright_domain::Credential;
use rackwright_store::factor::totp_get;
use rackwright_store::person::person_named;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::World;

const PASSWORD: &str = "correct horse battery";

/// An authenticator app, and the paper beside it.
pub struct Phone {
    totp: TOTP,
    recovery: Vec<String>,
}

impl Phone {
    /// What the app shows now.
    fn code(&self, world: &World) -> String {
        self.code_in(world, 0)
    }

    /// What it shows in so many steps from now.
    fn code_in(&self, world: &World, steps: i64) -> String {
        self.totp.generate(u64::try_from(world.domain.now().0 / 1_000 + steps * 30).expect("after 1970"))
    }
}

fn app(secret: &Value) -> TOTP {
    let bytes = Secret::Encoded(secret.as_str().expect("text").to_owned()).to_bytes().expect("base32");
    TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, bytes, None, String::new())
}

async fn robin() -> (World, Credential) {
    let world = World::new();
    world.done("user.create", json!({"user": "robin", "role": "engineer", "password": PASSWORD})).await;
    let session = world.sign_in("robin", PASSWORD).await.expect("signs in");
    (world, session)
}

pub async fn set_up(world: &World, session: &Credential) -> Phone {
    let begun = world.call(session, "factor.totp-begin", json!({"current": PASSWORD})).await.expect("begins");
    let mut phone = Phone { totp: app(&begun["secret"]), recovery: Vec::new() };
    let code = phone.code(world);
    let confirmed =
        world.call(session, "factor.totp-confirm", json!({"code": code})).await.expect("is confirmed");
    phone.recovery = serde_json::from_value(confirmed["codes"].clone()).expect("a list");
    // The code that confirmed it is spent.
    world.clock.pass(60_000);
    phone
}

async fn with_phone() -> (World, Credential, Phone) {
    let (world, session) = robin().await;
    let phone = set_up(&world, &session).await;
    (world, session, phone)
}

async fn enter(world: &World, code: &str) -> Result<Value, Fault> {
    let input = json!({"user": "robin", "password": PASSWORD, "code": code});
    world.call(&Credential::None, "session.open", input).await
}

fn about_code(fault: &Fault) -> (FaultCode, &str) {
    (fault.code, fault.fields.first().map_or("", |field| field.field.as_str()))
}

#[tokio::test]
async fn only_whoever_knows_the_password_hears_of_the_code() {
    let (world, _, phone) = with_phone().await;
    let asked = world.sign_in("robin", PASSWORD).await.err().expect("a code is asked for");
    assert_eq!(about_code(&asked), (FaultCode::InvalidInput, "code"));
    let wrong = world.sign_in("robin", "staple every battery").await.err().expect("is refused");
    assert_eq!(about_code(&wrong), (FaultCode::NotSignedIn, ""));
    assert_eq!(
        about_code(&enter(&world, "000000").await.expect_err("wrong")),
        (FaultCode::NotSignedIn, "code")
    );
    enter(&world, &phone.code(&world)).await.expect("signs in");
}

#[tokio::test]
async fn a_code_is_taken_once_and_one_step_of_difference_is_forgiven() {
    let (world, _, phone) = with_phone().await;
    for steps in [-2, 2] {
        assert!(enter(&world, &phone.code_in(&world, steps)).await.is_err(), "{steps}");
    }
    for steps in [-1, 0, 1] {
        let code = phone.code_in(&world, steps);
        enter(&world, &code).await.expect("signs in");
        let again = enter(&world, &code).await.expect_err("was used");
        assert_eq!(about_code(&again), (FaultCode::NotSignedIn, "code"), "{steps}");
    }
    assert!(enter(&world, &phone.code(&world)).await.is_err(), "an older code than the newest taken");
}

#[tokio::test]
async fn the_right_password_does_not_forgive_wrong_codes() {
    let (world, _, phone) = with_phone().await;
    for _ in 0..5 {
        assert!(enter(&world, "000000").await.is_err());
        assert!(world.sign_in("robin", PASSWORD).await.is_err(), "a code is missing");
    }
    let slowed = enter(&world, &phone.code(&world)).await.expect_err("has to wait");
    assert_eq!(slowed.code, FaultCode::TooMany, "{slowed}");
    world.clock.pass(1_000);
    enter(&world, &phone.code(&world)).await.expect("signs in after the wait");
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_however_it_is_typed() {
    let (world, session, phone) = with_phone().await;
    assert_eq!(phone.recovery.len(), 10);
    let typed = phone.recovery[3].to_uppercase().replace('-', " ");
    enter(&world, &typed).await.expect("signs in");
    assert!(enter(&world, &phone.recovery[3]).await.is_err(), "was used");
    let listed = world.call(&session, "factor.list", json!({})).await.expect("is listed");
    assert_eq!(listed["items"][1]["left"], 9, "{listed}");
    let input = json!({"code": phone.recovery[4]});
    let renewed = world.call(&session, "factor.recovery-renew", input).await.expect("is renewed");
    assert!(enter(&world, &phone.recovery[0]).await.is_err(), "is worth nothing any more");
    enter(&world, renewed["codes"][9].as_str().expect("text")).await.expect("signs in");
}

#[tokio::test]
async fn nothing_is_asked_before_the_first_code() {
    let (world, session) = robin().await;
    let wrong = world.call(&session, "factor.totp-begin", json!({"current": "not it at all"})).await;
    assert_eq!(wrong.expect_err("is not the password").fields[0].field, "current");
    let first =
        world.call(&session, "factor.totp-begin", json!({"current": PASSWORD})).await.expect("begins");
    let second =
        world.call(&session, "factor.totp-begin", json!({"current": PASSWORD})).await.expect("again");
    world.sign_in("robin", PASSWORD).await.expect("no code yet");
    assert_eq!(world.call(&session, "factor.list", json!({})).await.expect("is listed")["items"], json!([]));
    let now = u64::try_from(world.domain.now().0 / 1_000).expect("after 1970");
    let (old, new) = (app(&first["secret"]).generate(now), app(&second["secret"]).generate(now));
    let refused = world.call(&session, "factor.totp-confirm", json!({"code": old})).await;
    assert_eq!(about_code(&refused.expect_err("was replaced")), (FaultCode::InvalidInput, "code"));
    world.call(&session, "factor.totp-confirm", json!({"code": new})).await.expect("is confirmed");
    for (action, input) in
        [("factor.totp-begin", json!({"current": PASSWORD})), ("factor.totp-confirm", json!({"code": new}))]
    {
        let fault = world.call(&session, action, input).await.expect_err("there is one");
        assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    }
}

#[tokio::test]
async fn the_first_code_cannot_be_guessed_without_end() {
    let (world, session) = robin().await;
    let begun =
        world.call(&session, "factor.totp-begin", json!({"current": PASSWORD})).await.expect("begins");
    let right =
        app(&begun["secret"]).generate(u64::try_from(world.domain.now().0 / 1_000).expect("after 1970"));
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for code in [FaultCode::InvalidInput; 5].into_iter().chain([FaultCode::TooMany; 3]) {
        let fault = world.call(&session, "factor.totp-confirm", json!({"code": wrong})).await;
        assert_eq!(fault.expect_err("is wrong").code, code);
    }
    world.clock.pass(1_000);
    world.call(&session, "factor.totp-confirm", json!({"code": right})).await.expect("after a wait");
}

#[tokio::test]
async fn removing_it_needs_proof_and_keeps_the_session() {
    let (world, session, phone) = with_phone().await;
    for (input, field) in [
        (json!({}), "current"),
        (json!({"current": "not it at all"}), "current"),
        (json!({"code": "000000"}), "code"),
        (json!({"code": "00000-00000-00000-00000"}), "code"),
    ] {
        let fault = world.call(&session, "factor.remove", input).await.expect_err("is no proof");
        assert_eq!(about_code(&fault), (FaultCode::InvalidInput, field), "{fault}");
    }
    let code = phone.code(&world);
    world.call(&session, "factor.remove", json!({"code": code})).await.expect("is removed");
    world.sign_in("robin", PASSWORD).await.expect("the password is enough");
    let fault = world.call(&session, "factor.remove", json!({"current": PASSWORD})).await;
    assert_eq!(fault.expect_err("there is none").code, FaultCode::Conflict);
}

#[tokio::test]
async fn a_lost_phone_is_removed_by_whoever_manages_the_person() {
    let (world, robin, _) = with_phone().await;
    for user in ["ann", "kim"] {
        let role = if user == "ann" { "owner" } else { "engineer" };
        world.done("user.create", json!({"user": user, "role": role, "password": PASSWORD})).await;
    }
    let (ann, kim) = (
        world.sign_in("ann", PASSWORD).await.expect("in"),
        world.sign_in("kim", PASSWORD).await.expect("in"),
    );
    let of_robin = json!({"user": "robin"});
    for action in ["factor.list", "factor.remove"] {
        let fault = world.call(&kim, action, of_robin.clone()).await.expect_err("is no manager");
        assert_eq!(fault.code, FaultCode::Forbidden, "{action}");
    }
    world.call(&ann, "factor.remove", of_robin.clone()).await.expect("an owner may");
    let audit = world.done("audit.list", json!({"action": "factor.remove"})).await;
    assert_eq!((&audit["items"][0]["user"], &audit["items"][0]["result"]), (&json!("ann"), &json!("done")));
    set_up(&world, &robin).await;
    assert!(world.sign_in("robin", PASSWORD).await.is_err());
    world.done("factor.remove", of_robin).await;
    world.sign_in("robin", PASSWORD).await.expect("the password is enough");
}

#[tokio::test]
async fn secrets_and_codes_are_neither_stored_nor_audited_in_clear() {
    let (world, session) = robin().await;
    let begun =
        world.call(&session, "factor.totp-begin", json!({"current": PASSWORD})).await.expect("begins");
    let secret = begun["secret"].as_str().expect("text").to_owned();
    assert!(
        begun["uri"].as_str().is_some_and(|uri| uri.contains(&secret) && uri.contains("robin")),
        "{begun}"
    );
    let phone = Phone { totp: app(&begun["secret"]), recovery: Vec::new() };
    let code = phone.code(&world);
    let codes =
        world.call(&session, "factor.totp-confirm", json!({"code": code})).await.expect("is confirmed");
    let recovery = codes["codes"][0].as_str().expect("text").to_owned();
    enter(&world, &recovery).await.expect("signs in");
    let stored = world
        .read(|tx| {
            let robin = person_named(tx, &rackwright_model::Scope::everything(), "robin")?.expect("is there");
            Ok(totp_get(tx, robin.id)?.expect("is there").secret)
        })
        .await;
    let clear = hex::encode(Secret::Encoded(secret.clone()).to_bytes().expect("base32"));
    let audit = world.done("audit.list", json!({})).await.to_string();
    for hidden in [&secret, &recovery, &clear] {
        assert!(!stored.contains(hidden.as_str()) && !audit.contains(hidden.as_str()), "{hidden}");
    }
}
