//! What the firmware says of the machine, from /sys/class/dmi/id.

use std::path::Path;

use rackwright_model::inventory::Dmi;

use super::attribute;

/// What makers leave in fields that they did not fill.
const FILLERS: [&str; 7] = [
    "none",
    "not specified",
    "not applicable",
    "to be filled by o.e.m.",
    "default string",
    "system serial number",
    "system product name",
];

/// All fields; a filler counts as absent.
pub fn read(sys: &Path) -> Dmi {
    let field = |name: &str| {
        attribute(&sys.join("class/dmi/id").join(name))
            .filter(|text| !FILLERS.contains(&text.to_ascii_lowercase().as_str()))
    };
    Dmi {
        vendor: field("sys_vendor"),
        product: field("product_name"),
        serial: field("product_serial"),
        uuid: field("product_uuid"),
        bios_version: field("bios_version"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_are_absent() {
        let sys = tempfile::tempdir().expect("temporary directory");
        let id = sys.path().join("class/dmi/id");
        std::fs::create_dir_all(&id).expect("made");
        std::fs::write(id.join("sys_vendor"), "QEMU\n").expect("written");
        std::fs::write(id.join("product_serial"), "Not Specified\n").expect("written");
        let dmi = read(sys.path());
        assert_eq!((dmi.vendor.as_deref(), dmi.serial.as_deref(), dmi.uuid), (Some("QEMU"), None, None));
    }
}
