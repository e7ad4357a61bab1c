//! Hardware addresses of private servers.

use rackwright_model::MacAddr;
use rackwright_model::private_server::Number;

/// Locally administered (IEEE 802, bit 1 of the first octet), with the number in it: no two have the same.
pub(super) fn mac(number: Number) -> MacAddr {
    let [_, high, middle, low] = u32::from(number).to_be_bytes();
    MacAddr([0x02, 0x52, 0x57, high, middle, low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_in_it_and_it_is_no_makers() {
        let mac = mac(Number::try_from(0x0102).expect("a number"));
        assert_eq!(mac, MacAddr([0x02, 0x52, 0x57, 0, 1, 2]));
        assert!(mac.is_unicast() && mac.0[0] & 2 != 0);
    }
}
