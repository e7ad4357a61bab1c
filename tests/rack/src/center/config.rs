//! The configuration file of a Control Center in a virtual rack.

use std::path::Path;

use crate::hardware::{KERNEL_WORDS, address};

use super::daemon::Place;

/// The text of `rackwrightd`'s configuration: where its data is, which wire it serves, which agent it installs.
pub fn text(place: &Place, agent: &Path) -> String {
    let mut text = format!(
        "data_dir = {data}\nrun_dir = {run}\nboot_dir = {boot}\nboot_flavour = \"{kernel}\"\nagent = {agent}\n",
        data = quoted(&place.data_dir),
        run = quoted(&place.run_dir),
        boot = quoted(&place.boot_dir()),
        agent = quoted(agent),
        kernel = place.hardware.kernel(),
    );
    if place.namespace.is_none() {
        // On the machine's own network the usual ports may be somebody's.
        text.push_str("\n[panel]\nlisten = [\"127.0.0.1:0\"]\n\n[agents]\nlisten = \"127.0.0.1:0\"\n");
    } else {
        text.push_str(&format!(
            "\n[netboot]\ninterface = \"br0\"\naddress = \"{}\"\nkernel_args = \"console=ttyS0,115200 {KERNEL_WORDS}\"\n",
            address::CENTER
        ));
    }
    text
}

/// A TOML basic string (TOML 1.0, "String").
fn quoted(path: &Path) -> String {
    let escaped = path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
