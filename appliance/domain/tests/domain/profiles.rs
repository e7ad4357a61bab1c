//! Install profiles.

use rackwright_catalog::FaultCode;
use rackwright_store::profile::profile_named;
use serde_json::{Value, json};

use crate::images::with_image;
use crate::support::World;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLE ops";
const HASH: &str = "$y$j9T$salt$hashhashhash";

fn web() -> Value {
    json!({
        "name": "web", "image": "debian-12", "root_keys": [KEY],
        "users": [{"name": "ops", "ssh_keys": [KEY], "password_hash": HASH, "sudo": true}],
    })
}

#[tokio::test]
async fn a_profile_keeps_password_hashes_and_shows_none() {
    let world = with_image("debian-12").await;
    let made = world.done("profile.create", web()).await;
    assert_eq!(
        made["profile"]["users"][0],
        json!({"name": "root", "ssh_keys": [KEY], "password_hash": null, "sudo": false})
    );
    assert_eq!(made["profile"]["timezone"], "Etc/UTC");
    let shown = world.done("profile.show", json!({"profile": "web"})).await;
    let listed = world.done("profile.list", json!({})).await;
    assert_eq!(listed["items"], json!([shown]));
    for view in [made, shown, listed] {
        assert!(!view.to_string().contains(HASH) && view.to_string().contains("[redacted]"), "{view}");
    }
    let name = "web".parse().expect("a name");
    let row = world.read(move |tx| Ok(profile_named(tx, &name)?)).await.expect("is there");
    assert_eq!(row.profile.users[1].password_hash.as_deref(), Some(HASH));
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::new();
    let input = json!({
        "name": "web", "image": "Debian", "disk": {"target": "", "root_mib": 1}, "timezone": "../etc/passwd",
        "packages": ["ok-package", "no spaces"], "colour": "red",
    });
    let fault = world.refused("profile.create", input).await;
    assert_eq!(fault.code, FaultCode::InvalidInput);
    let mut fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["colour", "disk.root_mib", "disk.target", "image", "packages.1", "timezone"],
        "{fault}"
    );
}

#[tokio::test]
async fn people_are_checked_together() {
    let world = World::new();
    let users = json!([{"name": "root", "ssh_keys": ["not a public key at all"]}, {"name": "ops", "password_hash": "clear"}, {"name": "ops"}]);
    let fault =
        world.refused("profile.create", json!({"name": "web", "image": "debian-12", "users": users})).await;
    let fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(
        fields,
        ["users.0.name", "users.0.ssh_keys.0", "users.1.password_hash", "users.2.name"],
        "{fault}"
    );
}

#[tokio::test]
async fn package_sources_are_checked_as_apt_would() {
    let world = with_image("debian-12").await;
    let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n";
    let good = json!([
        {"uri": "http://10.77.0.1/debian", "suite": "bookworm", "components": ["main"], "key": key},
        {"uri": "https://mirror.example:8443/local", "suite": "./", "unsigned": true},
    ]);
    let made = world
        .done("profile.create", json!({"name": "web", "image": "debian-12", "package_sources": good}))
        .await;
    assert_eq!(made["profile"]["package_sources"][0]["key"], key);
    let sources = json!([
        {"uri": "http://ops:hush@10.77.0.1/debian", "suite": "bookworm\nTrusted: yes", "components": ["main"]},
        {"uri": "file:///srv", "suite": "bookworm", "components": ["main"]},
    ]);
    let fault = world
        .refused("profile.create", json!({"name": "b", "image": "debian-12", "package_sources": sources}))
        .await;
    let fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(
        fields,
        ["package_sources.0.uri", "package_sources.0.suite", "package_sources.1.uri"],
        "{fault}"
    );
    let sources = json!([
        {"uri": "http://a.example/x", "suite": "bookworm"},
        {"uri": "http://a.example/x", "suite": "./", "components": ["main"]},
        {"uri": "http://a.example/x", "suite": "./", "key": "-----BEGIN PGP PRIVATE KEY BLOCK-----", "unsigned": true},
    ]);
    let fault = world
        .refused("profile.create", json!({"name": "b", "image": "debian-12", "package_sources": sources}))
        .await;
    let fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "package_sources.0.components",
            "package_sources.1.components",
            "package_sources.2.key",
            "package_sources.2.unsigned"
        ],
        "{fault}"
    );
    let none =
        json!({"name": "b", "image": "debian-12", "packages": ["htop"], "without_image_sources": true});
    let fault = world.refused("profile.create", none).await;
    assert_eq!(fault.fields[0].field, "without_image_sources", "{fault}");
}

#[tokio::test]
async fn a_taken_name_and_a_missing_image_are_named_together() {
    let world = with_image("debian-12").await;
    world.done("profile.create", web()).await;
    let fault = world.refused("profile.create", json!({"name": "web", "image": "other"})).await;
    let fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["name", "image"], "{fault}");
}

#[tokio::test]
async fn the_profile_of_auto_install_stays() {
    let world = with_image("debian-12").await;
    world.done("profile.create", web()).await;
    world.done("discovery.set", json!({"policy": "auto-install", "profile": "web"})).await;
    let kept = world.refused("profile.remove", json!({"profile": "web", "confirm": "web"})).await;
    assert_eq!(kept.code, FaultCode::Conflict);
    world.done("discovery.set", json!({"policy": "wait"})).await;
    let unconfirmed = world.refused("profile.remove", json!({"profile": "web"})).await;
    assert_eq!(unconfirmed.code, FaultCode::ConfirmationNeeded);
    world.done("profile.remove", json!({"profile": "web", "confirm": "web"})).await;
    assert_eq!(world.refused("profile.show", json!({"profile": "web"})).await.code, FaultCode::NotFound);
}
