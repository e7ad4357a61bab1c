//! Signing in by a real provider: `browser/outside.mjs`.

use std::path::Path;

use rackwright_rack::center::{ControlCenter, Place};
use rackwright_rack::hardware::Hardware;
use rackwright_rack::live::random_password;
use rackwright_rack::workspace;

use super::tell;
use crate::story::{Act, CLIENT_SECRET, IdentityProvider, programs};

#[test]
fn people_sign_in_by_a_provider_outside() {
    let home = workspace::target().join("tmp/outside");
    drop(std::fs::remove_dir_all(&home));
    let center = center(&home);
    let url = center.panel_url().expect("the panel listens");
    let provider = IdentityProvider::start(&home, &url);
    let act = Act::new(&programs(), center.rackwright().socket());
    let password = random_password().expect("randomness");
    let admin = ["user", "passwd", "admin", "--password-file", "-"];
    act.tried(&admin, &format!("{password}\n")).expect("the password is set");
    let set = |name: &str, title: &str, more: &[&str]| {
        let entry = [
            "oidc",
            "set",
            name,
            "--title",
            title,
            "--issuer",
            &provider.issuer,
            "--client-id",
            "rackwright",
        ];
        let words: Vec<&str> =
            entry.into_iter().chain(["--client-secret-file", "-"]).chain(more.iter().copied()).collect();
        act.tried(&words, &format!("{CLIENT_SECRET}\n")).expect("the provider is set");
    };
    set("corp", "Example Corp", &[]);
    set("staff", "Example Staff", &["--role", "support"]);
    tell(
        "outside.mjs",
        &serde_json::json!({
            "url": url,
            "password": password,
            "provider": { "user": provider.user, "password": provider.password },
            "screenshots": workspace::target().join("screenshots"),
            "panels": workspace::root().join("panels/package.json"),
        }),
    );
    let rows = act.done(&["audit", "list", "--action", "oidc.finish"])["items"].to_string();
    assert!(rows.contains(&provider.issuer), "the issuer is on record: {rows}");
    let links = act.done(&["identity", "list", "--user", "robin"]);
    assert_eq!(links["items"][1]["known_as"], "robin", "{links}");
    assert_eq!(act.done(&["user", "list", "--search", "robin"])["items"][0]["role"], "support");
}

/// One without a network of machines.
fn center(home: &Path) -> ControlCenter {
    let place = Place {
        data_dir: home.join("data"),
        run_dir: home.join("run"),
        namespace: None,
        hardware: Hardware::Virtio,
    };
    for dir in [&place.data_dir, &place.run_dir] {
        std::fs::create_dir_all(dir).expect("a folder");
    }
    ControlCenter::start(place, &programs()).unwrap_or_else(|error| panic!("{error:#}"))
}
