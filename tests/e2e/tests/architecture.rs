//! The direction of dependency: no crate points upward or sideways. The map is `CONTRIBUTING.md`, "Layers".

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Every crate with its layer and the workspace crates that it may use.
const MAY_USE: &[(&str, u8, &[&str])] = &[
    ("rackwright-model", 0, &[]),
    ("rackwright-catalog", 1, &["rackwright-model"]),
    ("rackwright-store", 1, &["rackwright-model"]),
    ("rackwright-images", 1, &["rackwright-model"]),
    ("rackwright-netboot", 1, &["rackwright-model"]),
    ("rackwright-proto", 1, &["rackwright-model"]),
    (
        "rackwright-domain",
        2,
        &[
            "rackwright-model",
            "rackwright-catalog",
            "rackwright-store",
            "rackwright-images",
            "rackwright-proto",
        ],
    ),
    ("rackwright-privsrv", 2, &["rackwright-model", "rackwright-proto"]),
    ("rackwright-client", 2, &["rackwright-model", "rackwright-catalog"]),
    ("rackwright-api", 3, &["rackwright-model", "rackwright-catalog", "rackwright-client"]),
    ("rackwright-cli", 3, &["rackwright-model", "rackwright-catalog", "rackwright-client"]),
    ("rackwright-panel-kit", 3, &["rackwright-model", "rackwright-catalog", "rackwright-client"]),
    ("rackwright-agent", 3, &["rackwright-model", "rackwright-proto", "rackwright-privsrv"]),
    (
        "rackwright-panel-admin",
        4,
        &["rackwright-model", "rackwright-catalog", "rackwright-client", "rackwright-panel-kit"],
    ),
    (
        "rackwright-controld",
        5,
        &[
            "rackwright-model",
            "rackwright-catalog",
            "rackwright-store",
            "rackwright-images",
            "rackwright-netboot",
            "rackwright-proto",
            "rackwright-domain",
            "rackwright-client",
            "rackwright-api",
            "rackwright-panel-kit",
            "rackwright-panel-admin",
        ],
    ),
];

/// What each crate of the workspace depends on, of the workspace. Dependencies of tests do not count.
fn edges() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let of_workspace = dependencies
                .iter()
                .filter(|dependency| dependency["path"].is_string() && dependency["kind"].is_null())
                .map(|dependency| text(&dependency["name"]))
                .collect();
            (text(&package["name"]), of_workspace)
        })
        .collect()
}

#[test]
fn no_crate_points_upward_or_sideways() {
    for (name, used) in edges() {
        let Some((_, _, allowed)) = MAY_USE.iter().find(|(known, _, _)| *known == name) else {
            assert!(
                ["rackwright-rack", "rackwright-e2e"].contains(&name.as_str()),
                "{name} is not on the map: give it a layer in MAY_USE and in CONTRIBUTING.md"
            );
            continue;
        };
        for other in used {
            assert!(allowed.contains(&other.as_str()), "{name} must not depend on {other}");
        }
    }
}

#[test]
fn the_map_itself_only_points_downward() {
    let layer = |name: &str| MAY_USE.iter().find(|(known, _, _)| *known == name).map(|(_, layer, _)| *layer);
    for (name, own, allowed) in MAY_USE {
        for other in *allowed {
            assert!(layer(other) < Some(*own), "{name} in layer {own} may not use {other}");
        }
    }
}
