//! Racks, the wall and the charts: `browser/wall.mjs`.

use rackwright_rack::prepare::IMAGE;
use rackwright_rack::workspace;

use super::tell;
use crate::story::{Story, bios};

#[test]
fn an_operator_places_selects_and_installs_several_servers() {
    let (one, other, stray) = ("east", "west", "stray");
    let story = Story::begin(&[bios(one), bios(other)], &[]);
    story.act.done(&["server", "add", stray, "--macs", "52:54:00:00:00:99"]);
    let password = story.live.admin_password().unwrap_or_else(|error| panic!("{error:#}"));
    tell(
        "wall.mjs",
        &serde_json::json!({
            "url": story.live.proxy.url(),
            "password": password,
            "servers": [one, other],
            "stray": stray,
            "profile": IMAGE,
            "screenshots": workspace::target().join("screenshots"),
            "panels": workspace::root().join("panels/package.json"),
        }),
    );
    for name in [one, other] {
        assert_eq!(story.act.jobs_of(name).len(), 1, "one install of {name} was ordered in the panel");
        let samples = story.act.done(&["server", "samples", name, "--range", "hour"]);
        let told = samples["items"].as_array().is_some_and(|items| {
            items.iter().any(|item| item["cpu_permille"].is_i64() && item["net_in_bytes_per_s"].is_i64())
        });
        assert!(told, "{name} reported its processor and its network: {samples}");
    }
    assert_eq!(story.act.state(stray), "retired");
}
