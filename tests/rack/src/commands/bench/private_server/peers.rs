//! What others run containers with, made ready on a server.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::guest::Guest;

/// As in `peers.sh`, with the name in the tables.
pub const PEERS: [(&str, &str); 3] = [("crun", "plain crun"), ("nspawn", "systemd-nspawn"), ("lxc", "lxc")];

const FUNCTIONS: &str = include_str!("peers.sh");
/// Where it is on the server.
const FILE: &str = "/root/peers.sh";

/// Writes down how the peers are run, and copies the template with this SHA-256 for them. A private server must stand, from
/// whose bundle that of plain crun is made.
pub fn prepare(host: &Guest<'_>, template: &str) -> Result<()> {
    host.write(FILE, FUNCTIONS)?;
    host.read(&format!(
        "rm -rf /srv/peers && mkdir /srv/peers && cp -a --reflink=auto /srv/templates/{template} /srv/peers/template"
    ))?;
    let config = host.read("cat $(ls -d /run/rackwright-crun/ps*/config.json | head -n 1)")?;
    let config = serde_json::from_str(&config).context("understanding a bundle's config.json")?;
    host.write("/root/crun.json", &plain(config).to_string())
}

/// The same without what only a private server has: users of its own, limits, and the view of its share.
fn plain(mut config: Value) -> Value {
    config["root"]["path"] = json!("root");
    config["hostname"] = json!("PEER");
    config["linux"]["cgroupsPath"] = json!("system.slice:peer:PEER");
    config["linux"]["resources"] = json!({ "devices": [{ "allow": false, "access": "rwm" }] });
    if let Some(linux) = config["linux"].as_object_mut() {
        linux.remove("uidMappings");
        linux.remove("gidMappings");
    }
    if let Some(namespaces) = config["linux"]["namespaces"].as_array_mut() {
        namespaces.retain(|namespace| namespace["type"] != "user");
        for namespace in namespaces.iter_mut().filter_map(Value::as_object_mut) {
            namespace.remove("path");
        }
    }
    let mut emptied = Vec::new();
    if let Some(mounts) = config["mounts"].as_array_mut() {
        let is_empty =
            |mount: &Value| mount["source"].as_str().is_some_and(|source| source.ends_with("/empty"));
        emptied =
            mounts.iter().filter(|mount| is_empty(mount)).map(|mount| mount["destination"].clone()).collect();
        mounts.retain(|mount| mount["type"] != "bind");
    }
    // Hidden as crun hides directories.
    if let Some(masked) = config["linux"]["maskedPaths"].as_array_mut() {
        masked.extend(emptied);
    }
    config
}

/// A line that may use the functions of `peers.sh`.
pub fn line(words: &str) -> String {
    format!(". {FILE}; {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_bundle_has_the_users_of_the_server() {
        let bundle = json!({
            "root": { "path": "/run/x/ps1/root" }, "hostname": "web",
            "mounts": [{ "type": "proc" }, { "type": "bind", "destination": "/proc/stat", "source": "/var/lib/lxcfs/proc/stat" },
                { "type": "bind", "destination": "/sys/firmware", "source": "/run/x/empty" }],
            "linux": { "maskedPaths": ["/proc/kcore"], "namespaces": [{ "type": "user" }, { "type": "network", "path": "/run/x/ps1/network" }], "uidMappings": [], "resources": { "memory": {} } },
        });
        let plain = plain(bundle);
        assert_eq!(plain["mounts"], json!([{ "type": "proc" }]));
        assert_eq!(plain["linux"]["maskedPaths"], json!(["/proc/kcore", "/sys/firmware"]));
        assert_eq!(plain["linux"]["namespaces"], json!([{ "type": "network" }]));
        assert!(plain["linux"].get("uidMappings").is_none());
        assert!(plain["linux"]["resources"].get("memory").is_none());
    }
}
