//! People of every tier in a real Chromium, before a whole Control Center. The story is `browser/tiers.mjs`.

use std::path::Path;
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_api::ServeLimits;
use rackwright_model::ServerId;
use rackwright_rack::workspace;
use serde_json::{Value, json};

use crate::agent;
use crate::center::Center;
use crate::front::Listener;
use crate::support::START;

const PASSWORD: &str = "correct horse battery";

/// Name, role and account of everybody who signs in.
const PEOPLE: [(&str, &str, &str); 10] = [
    ("olga", "owner", "provider"),
    ("emil", "engineer", "provider"),
    ("sara", "support", "provider"),
    ("bert", "billing", "provider"),
    ("acme-rita", "reseller", "acme"),
    ("acme-shop-anna", "account-manager", "acme-shop"),
    ("acme-shop-paul", "ps-administrator", "acme-shop"),
    ("acme-shop-pia", "ps-user", "acme-shop"),
    ("acme-shop-sven", "site-administrator", "acme-shop"),
    ("acme-shop-susi", "site-user", "acme-shop"),
];

/// A provider with a reseller, whose customer has people of every kind; each of the three has a server, and the reseller one
/// more with room for private servers.
async fn furnish(center: &Center) -> (Vec<Value>, ServerId) {
    let world = &center.world;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    // A browser forgets cookies by its own clock.
    world.clock.pass(i64::try_from(since).expect("fits") - START.0);
    for (name, title, tier, parent) in
        [("acme", "Acme Hosting", "reseller", None), ("acme-shop", "Shop", "customer", Some("acme"))]
    {
        let account = json!({"name": name, "title": title, "tier": tier, "parent": parent});
        world.done("account.create", account).await;
    }
    for (number, owner) in ["provider", "acme", "acme-shop"].into_iter().enumerate() {
        let server = format!("of-{owner}");
        world
            .done("server.add", json!({"name": server, "macs": [format!("52:54:00:00:00:0{number}")]}))
            .await;
        if owner != "provider" {
            world.done("server.assign", json!({"server": server, "account": owner})).await;
        }
    }
    let host = world.ready_for_private_servers().await;
    world.done("server.assign", json!({"server": "h1", "account": "acme"})).await;
    let one = json!({
        "name": "acme-shop-ps", "account": "acme-shop", "server": "h1", "template": "debian-12-ps", "password": PASSWORD,
        "size": {
            "cpu_permille": 50, "memory_mib": 128, "swap_mib": 0, "disk_mib": 512, "bandwidth_kbit": 1_000, "sessions": 100,
            "processes": 100,
        },
    });
    world.done("private-server.create", one).await;
    world.obeys(host).await;
    let mut people = Vec::new();
    for (user, role, account) in PEOPLE {
        let mut person = json!({"user": user, "role": role, "account": account, "password": PASSWORD});
        if role.starts_with("ps-") {
            person["private_server"] = json!("acme-shop-ps");
        }
        if role == "ps-user" {
            person["login"] = json!("pia");
        }
        world.done("user.create", person).await;
        people.push(json!({"user": user, "role": role, "account": account}));
    }
    (people, host)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_finds_what_the_role_is_for_and_nothing_else() {
    let center = Center::start();
    let (people, host) = furnish(&center).await;
    let listener = Listener::serve(center.front.0.clone(), ServeLimits::default()).await;
    let told = json!({
        "url": format!("https://localhost:{}", listener.address().port()),
        "password": PASSWORD,
        "people": people,
        "screenshots": workspace::target().join("screenshots"),
        "panels": workspace::root().join("panels/package.json"),
    });
    let mut story = tokio::process::Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/tiers.mjs"))
        .env("STORY", told.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node starts");
    let status = tokio::select! {
        status = story.wait() => status.expect("node ends"),
        () = agent::works(&center.world, host) => unreachable!("an agent works on and on"),
    };
    assert!(status.success(), "the story ended with {status}: what it saw stands above");
    // What the story says it did is on record.
    let done = center.world.done("audit.list", json!({"action": "session.enter"})).await;
    let entered: Vec<&str> =
        done["items"].as_array().expect("a list").iter().filter_map(|row| row["user"].as_str()).collect();
    for user in ["sara", "acme-rita"] {
        assert!(entered.contains(&user), "{user} entered a panel: {done}");
    }
}
