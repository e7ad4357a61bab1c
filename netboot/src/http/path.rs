//! Reads the path of a request.
//!
//! Attacker's input: the path. Only plain names in known places are known; nothing is decoded, so nothing can be hidden
//! in an encoding. Repeated slashes are tolerated, since some firmware doubles them.

use rackwright_model::MacAddr;

use crate::config::is_plain_name;
use crate::script::AUTOEXEC;

/// What a path names. Every name in it is plain: it stays in its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Script(MacAddr),
    Autoexec,
    /// `/boot/<name>`: a boot program, or a file for all flavours.
    Boot(String),
    /// `/boot/<flavour>/<file>`.
    Flavour(String, String),
    /// `/images/<sha256>.tar.zst`.
    Image(String),
}

/// Longer paths are nobody's.
const MAX: usize = 512;

/// The place that a path names, if any.
pub(crate) fn parse(path: &str) -> Option<Place> {
    if path.len() > MAX || !path.starts_with('/') {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| is_plain_name(part)) {
        return None;
    }
    match parts[..] {
        [AUTOEXEC] | ["boot", AUTOEXEC] => Some(Place::Autoexec),
        ["boot", "script", mac] => {
            mac.parse().ok().filter(|mac: &MacAddr| mac.is_unicast()).map(Place::Script)
        }
        ["boot", name] => Some(Place::Boot(name.to_owned())),
        ["boot", flavour, file] => Some(Place::Flavour(flavour.to_owned(), file.to_owned())),
        ["images", name] => name
            .strip_suffix(".tar.zst")
            .filter(|hash| is_sha256(hash))
            .map(|_| Place::Image(name.to_owned())),
        _ => None,
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAC: MacAddr = MacAddr([0x52, 0x54, 0, 0x12, 0x34, 0x56]);

    #[test]
    fn known_places() {
        let image = format!("/images/{}.tar.zst", "0a".repeat(32));
        assert_eq!(parse("/boot/script/52-54-00-12-34-56"), Some(Place::Script(MAC)));
        assert_eq!(parse("/boot/ipxe.efi"), Some(Place::Boot("ipxe.efi".into())));
        assert_eq!(parse("/boot/cloud/vmlinuz"), Some(Place::Flavour("cloud".into(), "vmlinuz".into())));
        assert_eq!(parse("/autoexec.ipxe"), Some(Place::Autoexec));
        assert_eq!(parse(&image), Some(Place::Image(image[8..].into())));
    }

    #[test]
    fn rule_12_doubled_slashes_lead_to_the_same_place() {
        assert_eq!(parse("//boot//ipxe.efi"), parse("/boot/ipxe.efi"));
        assert_eq!(parse("//boot/script//52-54-00-12-34-56"), Some(Place::Script(MAC)));
    }

    #[test]
    fn nothing_else_is_a_place() {
        for path in [
            "",
            "/",
            "boot/x",
            "/boot",
            "/boot/../etc/passwd",
            "/boot/cloud/../../x",
            "/boot/%2e%2e/x",
            "/boot/.x",
            "/images/x.tar.zst",
            "/images/../x",
            "/boot/script/52-54-00",
            "/boot/script/ff-ff-ff-ff-ff-ff",
            "/boot/a/b/c",
            "/boot/a b",
            "/boot/a\\b",
            "/etc/passwd",
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leaves_its_folder(path in "(/|\\.|\\.\\.|boot|images|script|%2f|\\PC){0,12}") {
            match parse(&path) {
                Some(Place::Boot(name) | Place::Image(name)) => prop_assert!(is_plain_name(&name)),
                Some(Place::Flavour(flavour, file)) => prop_assert!(is_plain_name(&flavour) && is_plain_name(&file)),
                Some(Place::Script(mac)) => prop_assert!(mac.is_unicast()),
                Some(Place::Autoexec) | None => {}
            }
        }
    }
}
