//! Manual pages.

use rackwright_catalog::ENTRIES;

use crate::center::{Center, output};

#[test]
fn there_is_a_page_for_every_command() {
    let (center, home) = (Center::start([]), tempfile::tempdir().expect("a folder"));
    let folder = home.path().join("man1");
    let mut command = center.command("man");
    let told = output(command.arg(&folder));
    let pages: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|page| page.expect("a page").file_name().into_string().expect("UTF-8"))
        .collect();
    assert!(told.starts_with(&format!("{} pages", pages.len())), "{told}");
    for entry in ENTRIES {
        let name = format!("rackwright-{}.1", entry.spec.name.replace('.', "-"));
        assert!(pages.contains(&name), "no {name} in {pages:?}");
        let text = std::fs::read_to_string(folder.join(&name)).expect("a page");
        assert!(text.contains(".TH rackwright-") && text.contains("Example:"), "{text}");
        assert!(
            entry.spec.effect == rackwright_catalog::Effect::Read || text.contains("idempotency"),
            "{text}"
        );
    }
    for name in ["rackwright.1", "rackwright-server.1", "rackwright-context-add.1", "rackwright-events.1"] {
        assert!(pages.contains(&name.to_owned()), "no {name}");
    }
}

#[test]
fn the_main_page_goes_to_standard_output() {
    let text = output(&mut Center::start([]).command("man"));
    assert!(text.contains(".SH NAME") && text.contains("Control Center"), "{text}");
}
