//! Who may do what: every action with every role.

use rackwright_catalog::{ENTRIES, Effect, Fault, FaultCode, Role};
use rackwright_domain::Credential;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::table::{PUBLIC, TABLE};

/// An input that gets past the catalogue's checks, and waits for nothing.
fn input(action: &str) -> Value {
    match action {
        "server.watch" => json!({"wait_s": 0}),
        // An account of nobody: the next role would find its own suspended.
        "account.suspend" | "account.resume" | "account.remove" => json!({"account": "nowhere"}),
        // One's own: another's is an owner's business.
        "user.passwd" => json!({"current": "not the password", "password": "staple every battery"}),
        "factor.remove" => json!({"current": "not the password"}),
        other => (rackwright_catalog::entry(other).expect("an action").sample_input)(),
    }
}

fn was_stopped(result: &Result<Value, Fault>) -> bool {
    matches!(result, Err(fault) if matches!(fault.code, FaultCode::Forbidden | FaultCode::NotSignedIn))
}

#[test]
fn the_table_holds_every_action() {
    let mut known: Vec<&str> =
        TABLE.iter().map(|(action, _)| *action).chain(PUBLIC.iter().copied()).collect();
    let mut registered: Vec<&str> = ENTRIES.iter().map(|entry| entry.spec.name).collect();
    known.sort_unstable();
    registered.sort_unstable();
    assert_eq!(known, registered);
}

#[test]
fn support_changes_nothing_but_its_own_credentials() {
    for (action, roles) in TABLE.iter().filter(|(_, roles)| roles.contains(&Role::Support)) {
        let reads = rackwright_catalog::entry(action).is_some_and(|entry| entry.spec.effect == Effect::Read);
        let own = ["session.", "user.passwd", "factor.", "identity.", "token.", "audit.undo"]
            .iter()
            .any(|start| action.starts_with(start));
        assert!(reads || own, "{action} for {roles:?}");
    }
}

#[tokio::test]
async fn every_role_does_what_the_table_says_and_nothing_else() {
    let world = World::new();
    for (action, roles) in TABLE {
        for role in Role::ALL {
            let session = world.session(role).await;
            let result = world.call(&session, action, input(action)).await;
            let stopped = was_stopped(&result);
            assert_eq!(!stopped, roles.contains(&role), "{action} as {}: {result:?}", role.word());
        }
    }
}

#[tokio::test]
async fn nobody_does_anything() {
    let world = World::new();
    for (action, _) in TABLE {
        let result = world.call(&Credential::None, action, input(action)).await;
        assert!(
            matches!(&result, Err(fault) if fault.code == FaultCode::NotSignedIn),
            "{action}: {result:?}"
        );
    }
}

#[tokio::test]
async fn what_was_forbidden_changed_nothing_and_is_on_record() {
    let world = World::new();
    let support = world.session(Role::Support).await;
    let refused = world.call(&support, "network.set", input("network.set")).await.expect_err("is forbidden");
    assert_eq!(refused.code, FaultCode::Forbidden);
    assert_eq!(world.done("network.list", json!({})).await["items"], json!([]));
    let audit = world.done("audit.list", json!({"user": "support"})).await;
    assert_eq!(audit["items"][0]["action"], "network.set");
    assert!(
        audit["items"][0]["result"].as_str().is_some_and(|result| result.starts_with("Forbidden")),
        "{audit}"
    );
}
