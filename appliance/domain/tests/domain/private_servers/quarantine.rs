//! Who releases a private server from quarantine.

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use super::inside::rented;
use super::one;
use crate::support::World;

async fn quarantine(world: &World, who: &Credential) -> Result<Value, Fault> {
    world.call(who, "private-server.quarantine", one("web1")).await
}

async fn release(world: &World, who: &Credential) -> Result<Value, Fault> {
    world.call(who, "private-server.release", one("web1")).await
}

/// It is refused, and stays in quarantine.
async fn is_kept(world: &World, who: &Credential) {
    let fault = release(world, who).await.expect_err("is kept");
    let told = (fault.code, fault.reason.as_str());
    assert_eq!(told, (FaultCode::Conflict, "those who provide it put it in quarantine"));
    assert!(fault.advice.contains("Whoever put it in quarantine releases it"), "{fault}");
    let shown = world.done("private-server.show", one("web1")).await;
    assert_eq!(shown["summary"]["quarantine"], json!(true));
}

#[tokio::test]
async fn whoever_has_it_releases_what_they_put_there_and_not_what_the_provider_did() {
    let (world, _) = rented().await;
    let shop = world.session(Role::AccountManager).await;
    for _ in 0..2 {
        quarantine(&world, &shop).await.expect("its own");
        release(&world, &shop).await.expect("its own");
        quarantine(&world, &Credential::LocalRoot).await.expect("may");
        is_kept(&world, &shop).await;
        release(&world, &Credential::LocalRoot).await.expect("may");
    }
}

#[tokio::test]
async fn what_they_put_there_first_is_taken_over_and_not_undone() {
    let (world, _) = rented().await;
    let shop = world.session(Role::AccountManager).await;
    let own = quarantine(&world, &shop).await.expect("its own")["undo"].clone();
    let over = quarantine(&world, &Credential::LocalRoot).await.expect("takes it over");
    assert_eq!(over["undo"], Value::Null);
    is_kept(&world, &shop).await;
    let fault = world.call(&shop, "audit.undo", json!({"row": own})).await.expect_err("is kept");
    assert!(fault.reason.contains("those who provide it put it in quarantine"), "{fault}");
    let fault = quarantine(&world, &Credential::LocalRoot).await.expect_err("is there");
    assert_eq!(fault.reason, "it is in quarantine already");
    // Neither does a reseller, who is below the provider; of what is its own, it does.
    let reseller = world.session(Role::Reseller).await;
    is_kept(&world, &reseller).await;
    release(&world, &Credential::LocalRoot).await.expect("may");
    quarantine(&world, &reseller).await.expect("provides it");
    is_kept(&world, &shop).await;
    release(&world, &reseller).await.expect("its own");
    quarantine(&world, &reseller).await.expect("provides it");
    quarantine(&world, &Credential::LocalRoot).await.expect("takes it over");
    is_kept(&world, &reseller).await;
}

#[tokio::test]
async fn what_the_provider_suspends_a_reseller_does_not_resume() {
    let (world, _) = rented().await;
    let reseller = world.session(Role::Reseller).await;
    let suspend = ("private-server.suspend", one("web1"));
    let resume = ("private-server.resume", one("web1"));
    let own = world.call(&reseller, suspend.0, suspend.1.clone()).await.expect("may");
    world.call(&reseller, resume.0, resume.1.clone()).await.expect("its own");
    world.call(&reseller, "audit.undo", json!({"row": own["undo"]})).await.expect_err("is undone already");
    for before in [None, Some(&reseller)] {
        if let Some(before) = before {
            world.call(before, suspend.0, suspend.1.clone()).await.expect("may");
        }
        world.done(suspend.0, suspend.1.clone()).await;
        assert_eq!(world.refused(suspend.0, suspend.1.clone()).await.reason, "it is suspended already");
        let fault = world.call(&reseller, resume.0, resume.1.clone()).await.expect_err("is kept");
        assert_eq!(
            (fault.code, fault.reason.as_str()),
            (FaultCode::Conflict, "those who provide it suspended it")
        );
        world.done(resume.0, resume.1.clone()).await;
    }
}

#[tokio::test]
async fn a_limited_token_of_the_provider_puts_it_there_for_the_provider() {
    let (world, _) = rented().await;
    let (shop, owner) = (world.session(Role::AccountManager).await, world.session(Role::Owner).await);
    let wanted = json!({"name": "watch", "permissions": ["operate"]});
    let made = world.call(&owner, "token.create", wanted).await.expect("is made");
    let token = Credential::Bearer(made["token"].as_str().expect("a token").to_owned());
    quarantine(&world, &token).await.expect("may");
    for who in [&shop, &token] {
        is_kept(&world, who).await;
    }
    release(&world, &owner).await.expect("may");
}
