//! `--idempotency-key`.

use crate::center::{Center, complaint, output};

#[test]
fn a_change_carries_its_key_and_a_look_has_none() {
    let center = Center::start([]);
    output(&mut center.command("server reboot r1 --idempotency-key 8e03978e-40d5"));
    assert_eq!(center.caller().idempotency_key.expect("a key").as_str(), "8e03978e-40d5");
    output(&mut center.command("server reboot r1"));
    assert_eq!(center.caller().idempotency_key, None);
    assert!(
        complaint(&mut center.command("server reboot r1 --idempotency-key 'a b'"), 2)
            .contains("visible ASCII")
    );
    complaint(&mut center.command("server list --idempotency-key a"), 2);
}
