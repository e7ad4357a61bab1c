//! Accounts, the people in them, and who may do what to them.

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;

const PASSWORD: &str = "correct horse battery";

async fn create(
    world: &World,
    session: &Credential,
    name: &str,
    tier: &str,
    parent: Option<&str>,
) -> Result<Value, rackwright_catalog::Fault> {
    world.call(session, "account.create", json!({"name": name, "tier": tier, "parent": parent})).await
}

#[tokio::test]
async fn a_reseller_makes_customers_below_itself_and_nothing_else() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    create(&world, &owner, "acme", "reseller", None).await.expect("the provider makes a reseller");
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let shop = create(&world, &acme, "acme-shop", "customer", None).await.expect("a customer");
    assert_eq!(shop["parent"], "acme");
    let own = world.call(&acme, "account.show", json!({"account": "acme"})).await.expect("one's own");
    assert_eq!((&own["parent"], &own["accounts"], &own["people"]), (&Value::Null, &json!(1), &json!(1)));
    for (tier, parent) in [("reseller", None), ("provider", None), ("customer", Some("acme-shop"))] {
        let refused = create(&world, &acme, "acme-more", tier, parent).await.expect_err("is refused");
        assert_eq!(refused.fields[0].field, "tier", "{refused}");
    }
}

#[tokio::test]
async fn names_of_a_tree_are_its_own_and_clashes_tell_nothing() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    for name in ["acme", "zeta"] {
        create(&world, &owner, name, "reseller", None).await.expect("a reseller");
    }
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let refused = create(&world, &acme, "zeta-shop", "customer", None).await.expect_err("not its own names");
    assert_eq!(refused.fields[0].problem, "must begin with acme-");
    // The provider may not give names of acme away either.
    let refused = create(&world, &owner, "acme-shop", "customer", None).await.expect_err("belongs to acme");
    assert_eq!(refused.code, FaultCode::Conflict);
    create(&world, &owner, "acme-shop", "customer", Some("acme")).await.expect("inside acme");
    // A new account does not take names over that others have.
    create(&world, &owner, "solo", "customer", None).await.expect("a customer");
    create(&world, &owner, "north-shop", "customer", None).await.expect("a customer");
    let refused = create(&world, &owner, "north", "reseller", None).await.expect_err("names in use");
    assert!(refused.reason.contains("north-"), "{refused}");
    let person = json!({"user": "zeta-kim", "role": "owner", "password": PASSWORD});
    let refused = world.call(&owner, "user.create", person).await.expect_err("belongs to zeta");
    assert_eq!(refused.code, FaultCode::Conflict);
}

#[tokio::test]
async fn nobody_gives_a_role_that_may_more_or_that_does_not_fit() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    create(&world, &owner, "acme", "reseller", None).await.expect("a reseller");
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    create(&world, &acme, "acme-shop", "customer", None).await.expect("a customer");
    let let_in = async |session: &Credential, user: &str, role: &str, account: Option<&str>| {
        let input = json!({"user": user, "role": role, "password": PASSWORD, "account": account});
        world.call(session, "user.create", input).await
    };
    for (role, account) in [("owner", None), ("account-manager", None), ("reseller", Some("acme-shop"))] {
        let refused = let_in(&acme, "acme-lee", role, account).await.expect_err("is refused");
        assert_eq!(refused.fields[0].field, "role", "{refused}");
    }
    let_in(&acme, "acme-lee", "reseller", None).await.expect("a peer");
    let_in(&acme, "acme-shop-jo", "account-manager", Some("acme-shop")).await.expect("a customer's manager");
    let jo = world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let_in(&jo, "acme-shop-mail", "site-user", None).await.expect("a mailbox");
    // A manager does not take a mightier person over by a new password.
    let input = json!({"user": "acme-kim", "password": PASSWORD});
    let refused = world.call(&jo, "user.passwd", input).await.expect_err("above");
    assert_eq!(refused.code, FaultCode::NotFound);
    let input = json!({"user": "acme-shop-jo", "role": "reseller"});
    let refused = world.call(&jo, "user.change", input).await.expect_err("oneself up");
    assert_eq!(refused.fields[0].field, "role");
}

#[tokio::test]
async fn the_suspended_and_those_below_are_out_and_come_back() {
    let world = World::new();
    let owner = world.session(Role::Owner).await;
    let acme = world.session_in("acme", "acme-kim", Role::Reseller).await;
    let shop = world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let input = json!({"user": "acme-shop-pat", "role": "account-manager", "password": PASSWORD, "account": "acme-shop"});
    world.done("user.create", input).await;
    world.call(&owner, "account.suspend", json!({"account": "acme"})).await.expect("is suspended");
    for session in [&acme, &shop] {
        let refused = world.call(session, "session.show", json!({})).await.expect_err("is out");
        assert_eq!(refused.code, FaultCode::NotSignedIn);
    }
    let refused = world.sign_in("acme-shop-pat", PASSWORD).await.err().expect("is out");
    assert!(refused.reason.contains("suspended"), "{refused}");
    let refused = world.sign_in("acme-shop-pat", "a wrong password").await.err().expect("is out");
    assert!(!refused.reason.contains("suspended"), "only who knows the password is told: {refused}");
    world.call(&owner, "account.resume", json!({"account": "acme"})).await.expect("is resumed");
    world.call(&shop, "session.show", json!({})).await.expect("is in again");
    world.sign_in("acme-shop-pat", PASSWORD).await.expect("signs in");
    let refused =
        world.call(&acme, "account.suspend", json!({"account": "acme"})).await.expect_err("oneself");
    assert_eq!(refused.code, FaultCode::Conflict);
}

#[tokio::test]
async fn an_account_is_removed_when_it_is_empty_and_the_name_is_repeated() {
    let world = World::new();
    world.session_in("acme-shop", "acme-shop-jo", Role::AccountManager).await;
    let refused = world.refused("account.remove", json!({"account": "acme", "confirm": "acme"})).await;
    assert!(refused.reason.contains("1 accounts"), "{refused}");
    let refused = world.refused("account.remove", json!({"account": "acme-shop"})).await;
    assert_eq!(refused.code, FaultCode::ConfirmationNeeded);
    world.done("account.remove", json!({"account": "acme-shop", "confirm": "acme-shop"})).await;
    let people = world.done("user.list", json!({"search": "acme-shop"})).await;
    assert_eq!(people["items"], json!([]));
    let refused =
        world.refused("account.remove", json!({"account": "provider", "confirm": "provider"})).await;
    assert_eq!(refused.code, FaultCode::Conflict);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = World::new();
    world.session(Role::Owner).await;
    for (action, input) in [
        ("user.remove", json!({"user": "owner", "confirm": "owner"})),
        ("user.change", json!({"user": "owner", "role": "support"})),
    ] {
        assert_eq!(world.refused(action, input).await.reason, "nobody else is an owner");
    }
    world.session_in("provider", "second", Role::Owner).await;
    world.done("user.change", json!({"user": "owner", "role": "support", "email": "o@example.com"})).await;
    world.done("user.remove", json!({"user": "owner", "confirm": "owner"})).await;
    let people = world.done("user.list", json!({})).await;
    assert_eq!(people["items"].as_array().map(Vec::len), Some(1), "{people}");
}

#[tokio::test]
async fn lists_of_people_go_page_by_page() {
    let world = World::new();
    for number in 0..205 {
        world.session_in("provider", &format!("user-{number:03}"), Role::Support).await;
    }
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = world.done("user.list", json!({"search": "user-", "after": after})).await;
        seen.extend(page["items"].as_array().expect("a list").iter().map(|item| item["user"].clone()));
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    let expected: Vec<_> = (0..205).map(|number| json!(format!("user-{number:03}"))).collect();
    assert_eq!(seen, expected);
}
