//! How many connections there may be, in all and from one address. No more addresses are remembered than hold a place.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Places for connections.
#[derive(Debug)]
pub struct Places {
    most: usize,
    most_per_address: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One place, given back when dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    /// For `most` connections in all and `most_per_address` of one address.
    #[must_use]
    pub fn new(most: usize, most_per_address: usize) -> Arc<Self> {
        Arc::new(Self { most, most_per_address, taken: Mutex::default() })
    }

    /// A place for a connection from `address`, if there is one.
    #[must_use]
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = holder(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.most
            || taken.by_address.get(&address).is_some_and(|count| *count >= self.most_per_address)
        {
            return None;
        }
        taken.all += 1;
        *taken.by_address.entry(address).or_default() += 1;
        Some(Place { places: Arc::clone(self), address })
    }
}

/// Whom an address belongs to: of IPv6, the network of 64 bits (RFC 4291 section 2.5.4), of which one host has every
/// address.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_holder_and_a_mapped_address_is_itself() {
        let places = Places::new(9, 1);
        let take = |address: &str| places.take(address.parse().expect("an address"));
        let held = [take("2001:db8::1"), take("2001:db8:0:1::1"), take("10.77.0.1")];
        assert!(held.iter().all(Option::is_some));
        assert!(take("2001:db8::ffff:2").is_none() && take("::ffff:10.77.0.1").is_none());
    }

    #[test]
    fn places_run_out_and_come_back() {
        let places = Places::new(3, 2);
        let (a, b) = (IpAddr::from([10, 77, 0, 1]), IpAddr::from([10, 77, 0, 2]));
        let held = [places.take(a).expect("free"), places.take(a).expect("free")];
        assert!(places.take(a).is_none(), "two of one address");
        let last = places.take(b).expect("another address");
        assert!(places.take(b).is_none(), "three in all");
        drop((held, last));
        assert!(places.take(a).is_some());
        assert!(places.taken.lock().expect("fine").by_address.is_empty());
    }
}
