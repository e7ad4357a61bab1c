//! The audit trail: complete, without secrets, page by page.

use rackwright_catalog::FaultCode;
use rackwright_store::audit::{AuditDraft, audit_insert};
use serde_json::{Value, json};

use crate::support::{START, World};

const SECRETS: [&str; 3] = ["correct horse battery", "wrong horse battery", "bmc-secret"];

#[tokio::test]
async fn no_secret_is_in_the_trail_or_anywhere_in_the_database() {
    let world = World::new();
    world.done("user.create", json!({"user": "robin", "role": "owner", "password": SECRETS[0]})).await;
    assert!(world.sign_in("robin", SECRETS[1]).await.is_err());
    let session = world.sign_in("robin", SECRETS[0]).await.expect("signs in");
    let bmc = json!({"address": "10.77.1.7", "user": "admin", "password": SECRETS[2]});
    world.done("server.add", json!({"name": "r1", "macs": ["52:54:00:00:00:01"], "bmc": bmc})).await;
    let made = world.call(&session, "token.create", json!({"name": "ci"})).await.expect("is made");
    let rackwright_domain::Credential::Bearer(session) = session else { panic!("a session") };
    let token = made["token"].as_str().expect("a token").to_owned();
    let trail = world.done("audit.list", json!({})).await;
    let actions: Vec<&str> = items(&trail).iter().filter_map(|row| row["action"].as_str()).collect();
    assert_eq!(actions, ["token.create", "server.add", "session.open", "session.open", "user.create"]);
    assert!(trail.to_string().contains("[redacted]"), "{trail}");
    let files = std::fs::read_dir(world.directory.path()).expect("the data directory");
    for path in files.map(|file| file.expect("a file").path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).expect("is readable");
        for secret in SECRETS.into_iter().chain([session.as_str(), token.as_str()]) {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_wrong_input_is_named_without_its_secrets() {
    let world = World::new();
    let bmc = json!({"address": "10.77.1", "user": "admin", "password": SECRETS[2]});
    let add = json!({"name": "r1", "macs": ["52:54:00:00:00:01"], "bmc": bmc});
    let passwd = json!({"user": "robin", "password": ["correct horse battery"]});
    let create = json!({"user": "robin", "role": "owner", "password": "hushhush"});
    for (action, input, secret) in [
        ("server.add", add, SECRETS[2]),
        ("user.passwd", passwd, SECRETS[0]),
        ("user.create", create, "hushhush"),
    ] {
        let fault = world.refused(action, input).await;
        assert_eq!(fault.code, FaultCode::InvalidInput, "{fault}");
        assert!(!fault.to_string().contains(secret), "{fault}");
        let trail = world.done("audit.list", json!({"action": action})).await;
        assert_eq!(items(&trail).len(), 1);
        assert!(!trail.to_string().contains(secret), "{trail}");
    }
}

#[tokio::test]
async fn a_row_says_who_did_what_and_what_came_of_it() {
    let world = World::new();
    let set = json!({"name": "rack-1", "cidr": "10.77.0.0/24", "pool_first": "10.77.0.50", "pool_last": "10.77.0.60"});
    world.done("network.set", set.clone()).await;
    world.refused("network.remove", json!({"network": "rack-1"})).await;
    let trail = world.done("audit.list", json!({})).await;
    let [refused, done] = items(&trail) else { panic!("two rows: {trail}") };
    assert_eq!(
        (&done["user"], &done["by"], &done["action"]),
        (&json!("root"), &json!("api"), &json!("network.set"))
    );
    assert_eq!((&done["input"], &done["result"]), (&set, &json!("done")));
    assert!(
        refused["result"].as_str().is_some_and(|result| result.starts_with("ConfirmationNeeded")),
        "{refused}"
    );
}

#[tokio::test]
async fn looking_leaves_no_row() {
    let world = World::new();
    for action in ["network.list", "image.list", "audit.list", "system.status"] {
        world.done(action, json!({})).await;
    }
    assert_eq!(items(&world.done("audit.list", json!({})).await).len(), 0);
}

#[tokio::test]
async fn the_trail_is_paged_without_gap_or_repeat() {
    const ROWS: i64 = 250;
    let world = World::new();
    world
        .write(|tx| {
            for number in 0..ROWS {
                let draft = AuditDraft {
                    actor: "ann".into(),
                    account: rackwright_model::AccountId::PROVIDER,
                    behind: None,
                    origin: "cli".into(),
                    action: "a.b".into(),
                    input: number.to_string(),
                    result: "done".into(),
                };
                audit_insert(tx, START, &draft)?;
            }
            Ok(())
        })
        .await;
    let (mut numbers, mut pages, mut after) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let page = world.done("audit.list", json!({"user": "ann", "after": after})).await;
        pages.push(items(&page).len());
        numbers.extend(items(&page).iter().filter_map(|row| row["input"].as_i64()));
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(pages, [100, 100, 50]);
    assert_eq!(numbers, (0..ROWS).rev().collect::<Vec<_>>());
    let bad = world.refused("audit.list", json!({"after": "x"})).await;
    assert_eq!((bad.code, bad.fields[0].field.as_str()), (FaultCode::InvalidInput, "after"));
}

fn items(page: &Value) -> &[Value] {
    page["items"].as_array().expect("a page")
}

#[tokio::test]
async fn whoever_fails_on_purpose_does_not_fill_the_trail() {
    let world = World::new();
    let support = world.session(rackwright_catalog::Role::Support).await;
    for _ in 0..130 {
        assert!(
            world.call(&support, "server.remove", json!({"server": "r1", "confirm": "r1"})).await.is_err()
        );
    }
    world.refused("server.remove", json!({"server": "r1", "confirm": "r1"})).await;
    let trail = world.done("audit.list", json!({"limit": 500})).await;
    assert_eq!(items(&trail).len(), 121, "those of others are on record all the same");
    assert!(
        items(&trail)[1]["result"].as_str().is_some_and(|text| text.contains("not on record")),
        "{trail}"
    );
}
