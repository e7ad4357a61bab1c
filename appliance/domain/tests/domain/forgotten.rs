//! A new password by mail.

use std::sync::Arc;
use std::time::Duration;

use rackwright_catalog::{Fault, FaultCode};
use rackwright_domain::ports::{Letter, PostError};
use rackwright_domain::{Credential, Origin, Whence, reconcile};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::support::World;

const OLD: &str = "correct horse battery";
const NEW: &str = "staple every battery";

async fn world() -> World {
    let world = World::new();
    for (user, email) in [("robin", Some("robin@example.com")), ("kim", None)] {
        let person = json!({"user": user, "role": "engineer", "password": OLD, "email": email});
        world.done("user.create", person).await;
    }
    world
}

async fn forget(world: &World, user: &str) -> Result<Value, Fault> {
    world.call(&Credential::None, "user.forgot", json!({"user": user})).await
}

async fn reset(world: &World, token: &str, password: &str) -> Result<Value, Fault> {
    world.call(&Credential::None, "user.reset", json!({"key": token, "password": password})).await
}

/// Longer than it takes: a test that reaches it has failed.
const LIMIT: Duration = Duration::from_secs(60);

/// The letters that were sent, once there are so many. The reconciler works meanwhile.
async fn letters(world: &World, count: usize) -> Vec<Letter> {
    let reconcilers = tokio::spawn(reconcile::run(Arc::clone(&world.domain)));
    let all = async {
        while world.post.sent().len() < count {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LIMIT, all).await.expect("the letters are sent");
    reconcilers.abort();
    world.post.sent()
}

/// What the link of a letter carries.
fn carried(letter: &Letter) -> String {
    let link = letter.text.split_whitespace().find(|word| word.starts_with("https://")).expect("a link");
    let carried = link.strip_prefix("https://center.example.com:8443/sign-in/reset?key=");
    carried.expect("an address of the configuration").to_owned()
}

/// What the link of the letter carries that is the so-manieth.
async fn token(world: &World, count: usize) -> String {
    carried(letters(world, count).await.last().expect("a letter"))
}

/// What the operator is warned of.
async fn mail_warning(world: &World) -> Option<String> {
    let status = world.done("system.status", json!({})).await;
    let warnings = status["warnings"].as_array().expect("a list").clone();
    let mail = warnings.into_iter().find(|warning| warning["action"] == "mail.test");
    mail.map(|warning| warning["problem"].as_str().expect("a sentence").to_owned())
}

#[tokio::test]
async fn the_link_sets_a_password_once_and_ends_every_session() {
    let world = world().await;
    let session = world.sign_in("robin", OLD).await.expect("signs in");
    forget(&world, "robin").await.expect("is sent");
    let letter = letters(&world, 1).await.remove(0);
    assert_eq!(letter.to, "robin@example.com");
    let link = carried(&letter);
    let short = reset(&world, &link, "short").await.expect_err("is too short");
    assert_eq!(short.fields[0].field, "password");
    reset(&world, &link, NEW).await.expect("is set");
    assert!(world.call(&session, "session.show", json!({})).await.is_err(), "the session is ended");
    assert!(world.sign_in("robin", OLD).await.is_err());
    world.sign_in("robin", NEW).await.expect("signs in");
    let again = reset(&world, &link, OLD).await.expect_err("was used");
    assert_eq!((again.code, again.fields[0].field.as_str()), (FaultCode::InvalidInput, "key"));
    let audit = world.done("audit.list", json!({})).await.to_string();
    assert!(audit.contains("user.forgot") && !audit.contains(&link), "{audit}");
    let done = world.done("audit.list", json!({"action": "user.reset"})).await;
    assert_eq!(done["items"][0]["user"], "robin");
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_is_named() {
    let world = world().await;
    let answers =
        [forget(&world, "robin").await, forget(&world, "kim").await, forget(&world, "nobody").await];
    let texts: Vec<_> = answers.into_iter().map(|answer| answer.expect("is answered")).collect();
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    forget(&world, "robin").await.expect("is sent");
    let to: Vec<String> = letters(&world, 2).await.into_iter().map(|letter| letter.to).collect();
    assert_eq!(to, ["robin@example.com"; 2], "only robin has an address");
}

#[tokio::test]
async fn a_link_works_for_half_an_hour_and_a_newer_one_ends_none() {
    let world = world().await;
    forget(&world, "robin").await.expect("is sent");
    let first = token(&world, 1).await;
    world.clock.pass(29 * 60_000);
    forget(&world, "robin").await.expect("is sent");
    let second = token(&world, 2).await;
    world.clock.pass(60_000);
    assert!(reset(&world, &first, NEW).await.is_err(), "has expired");
    world.clock.pass(28 * 60_000);
    reset(&world, &second, NEW).await.expect("is set");
}

#[tokio::test]
async fn letters_are_limited_alike_for_every_name() {
    let world = world().await;
    for user in ["robin", "nobody"] {
        for _ in 0..3 {
            forget(&world, user).await.expect("is answered");
        }
        let slowed = forget(&world, user).await.expect_err("has to wait");
        assert_eq!(slowed.code, FaultCode::TooMany, "{user}");
    }
    assert_eq!(letters(&world, 3).await.len(), 3);
}

#[tokio::test]
async fn one_address_gets_only_so_many_whatever_the_names() {
    let world = World::new();
    for number in 0..20 {
        forget(&world, &format!("n{number}")).await.expect("is answered");
    }
    assert_eq!(forget(&world, "robin").await.expect_err("has to wait").code, FaultCode::TooMany);
    let input = json!({"user": "robin"});
    let elsewhere = Whence { origin: Origin::Panel, address: Some([192, 0, 2, 7].into()) };
    let answered = world.domain.call(&Credential::None, elsewhere, "user.forgot", input).await;
    answered.expect("others go on");
}

#[tokio::test]
async fn the_second_factor_is_asked_for_all_the_same() {
    let world = world().await;
    let session = world.sign_in("robin", OLD).await.expect("signs in");
    crate::factors::set_up(&world, &session).await;
    forget(&world, "robin").await.expect("is sent");
    reset(&world, &token(&world, 1).await, NEW).await.expect("is set");
    let asked = world.sign_in("robin", NEW).await.err().expect("a code is asked for");
    assert_eq!(asked.fields[0].field, "code");
}

#[tokio::test]
async fn without_a_mail_server_everybody_is_told_so() {
    let mut world = World::new();
    world.without_mail();
    let told = forget(&world, "nobody").await.expect_err("no mail");
    assert_eq!(told.code, FaultCode::Conflict);
    assert!(told.reason.contains("no mail server"), "{told}");
    let audit = world.done("audit.list", json!({})).await;
    assert_eq!(audit["items"], json!([]), "strangers do not fill the audit trail for nothing");
}

#[tokio::test]
async fn a_letter_waits_for_a_mail_server_that_is_down_and_the_operator_is_told_why() {
    let world = world().await;
    let down = PostError { cause: "connection refused".to_owned(), for_good: false };
    world.post.fail(Some(down));
    forget(&world, "robin").await.expect("is answered as ever");
    let reconcilers = tokio::spawn(reconcile::run(Arc::clone(&world.domain)));
    let told = async {
        while mail_warning(&world).await.is_none() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LIMIT, told).await.expect("the operator is told");
    reconcilers.abort();
    let warning = mail_warning(&world).await.expect("as before");
    assert_eq!(warning, "Mail cannot be sent: connection refused. One letter waits to be sent.");

    world.post.fail(None);
    world.clock.pass(5_000);
    let link = token(&world, 1).await;
    reset(&world, &link, NEW).await.expect("is set");
    let reconcilers = tokio::spawn(reconcile::run(Arc::clone(&world.domain)));
    let quiet = async {
        while mail_warning(&world).await.is_some() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LIMIT, quiet).await.expect("the warning goes");
    reconcilers.abort();
}

#[tokio::test]
async fn a_test_mail_says_what_the_server_answered() {
    let world = world().await;
    let done = world.done("mail.test", json!({"to": "kim@example.com"})).await;
    let said = "The mail server took the mail to kim@example.com. It answered: 250 OK";
    assert_eq!(done["message"], said);
    let unnamed = world.refused("mail.test", json!({})).await;
    assert_eq!(unnamed.fields[0].field, "to", "local root has no address");
    let robin = world.sign_in("robin", OLD).await.expect("signs in");
    world.call(&robin, "mail.test", json!({})).await.expect("to robin");
    assert_eq!(world.post.sent().last().expect("a letter").to, "robin@example.com");

    let refused = PostError { cause: "550 no such mailbox".to_owned(), for_good: true };
    world.post.fail(Some(refused));
    let fault = world.refused("mail.test", json!({"to": "kim@example.com"})).await;
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::Unavailable, "550 no such mailbox"));
    assert!(mail_warning(&world).await.expect("is told").contains("550 no such mailbox"));
    world.post.fail(None);
    world.done("mail.test", json!({"to": "kim@example.com"})).await;
    assert_eq!(mail_warning(&world).await, None);
}
