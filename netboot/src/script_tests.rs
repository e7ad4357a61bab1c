use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::memory_plan::MemoryPlan;
use crate::test_context::context;

const MAC: MacAddr = MacAddr([0x52, 0x54, 0, 0, 0, 1]);

fn here() -> Context {
    context(Arc::new(MemoryPlan::default()))
}

fn provision(flavour: &str, kernel_args: &str) -> BootChoice {
    BootChoice::Provision { nonce: "4f1c".into(), flavour: flavour.into(), kernel_args: kernel_args.into() }
}

/// Compares with the golden file; `UPDATE_GOLDEN=1` writes it.
fn golden(name: &str, script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, script).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(script, expected, "{} differs; look, then run again with UPDATE_GOLDEN=1", path.display());
}

#[test]
fn golden_provision() {
    golden(
        "provision.ipxe",
        &render(MAC, &provision("cloud", "console=ttyS0,115200n8 quiet"), &here()).expect("renders"),
    );
}

#[test]
fn golden_disk() {
    golden("disk.ipxe", &render(MAC, &BootChoice::Disk, &here()).expect("renders"));
}

#[test]
fn golden_refusal() {
    golden("refusal.ipxe", &refusal(MAC, "This machine is retired.", &here()));
}

#[test]
fn golden_autoexec() {
    golden("autoexec.ipxe", &autoexec("10.77.0.1"));
}

#[test]
fn rule_14_an_installed_machine_goes_to_its_disk_on_either_firmware() {
    let script = render(MAC, &BootChoice::Disk, &here()).expect("renders");
    assert!(script.contains("sanboot --no-describe --drive 0x80"));
    assert!(script.contains("iseq ${platform} efi && goto efi ||"));
    assert!(script.contains("\nexit 1\n"));
}

#[test]
fn what_ipxe_would_take_for_its_own_is_refused() {
    for args in [
        "a || reboot",
        "x=${net0/ip}",
        "a && b",
        "say \"x\"",
        "it's",
        "a#b",
        "a\nreboot",
        "a\\b",
        "\u{e4}",
        "a\tb",
    ] {
        assert!(
            matches!(render(MAC, &provision("cloud", args), &here()), Err(BadChoice::Args(_))),
            "{args:?}"
        );
    }
    assert!(matches!(render(MAC, &provision("cloud", &"a".repeat(1_501)), &here()), Err(BadChoice::Args(_))));
    assert!(matches!(render(MAC, &provision("../x", ""), &here()), Err(BadChoice::Flavour(_))));
    let nonce =
        BootChoice::Provision { nonce: "a b".into(), flavour: "cloud".into(), kernel_args: String::new() };
    assert_eq!(render(MAC, &nonce, &here()), Err(BadChoice::Nonce));
}

proptest! {
    /// However hostile the texts, a script has the lines that were meant and no other.
    #[test]
    fn no_text_adds_a_command(args in "\\PC{0,60}|[ -~]{0,60}", reason in "(?s).{0,300}") {
        let here = here();
        let lines = |script: &str| script.lines().count();
        if let Ok(script) = render(MAC, &provision("cloud", &args), &here) {
            let plain = render(MAC, &provision("cloud", ""), &here).expect("renders");
            prop_assert_eq!(lines(&script), lines(&plain));
            prop_assert_eq!(script.matches("||").count(), plain.matches("||").count());
            prop_assert_eq!(script.matches('$').count(), plain.matches('$').count());
        }
        let (script, plain) = (refusal(MAC, &reason, &here), refusal(MAC, "", &here));
        prop_assert_eq!(lines(&script), lines(&plain));
        prop_assert_eq!(script.matches('$').count(), plain.matches('$').count());
        prop_assert_eq!(script.matches('|').count(), plain.matches('|').count());
        prop_assert_eq!(script.matches('&').count(), plain.matches('&').count());
        prop_assert!(script.is_ascii());
    }
}
