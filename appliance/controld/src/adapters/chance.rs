//! Bytes nobody can guess.

use rackwright_domain::ports::Chance;
use ring::rand::{SecureRandom, SystemRandom};

/// The kernel's random numbers.
#[derive(Debug)]
pub struct KernelChance(SystemRandom);

impl KernelChance {
    #[must_use]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for KernelChance {
    fn default() -> Self {
        Self::new()
    }
}

impl Chance for KernelChance {
    fn fill(&self, bytes: &mut [u8]) {
        // getrandom(2) fails only before the kernel has gathered chance at boot, and then it waits instead.
        self.0.fill(bytes).expect("the kernel gives random bytes");
    }
}
