//! Time, chance, the authority, echoes and counters.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use rackwright_domain::ports::{
    Authority, Chance, Clock, Counters, Issued, Later, Letter, Ping, Post, PostError,
};
use rackwright_domain::secret::fingerprint;
use rackwright_model::{Millis, ServerId};

/// Stands still until it is set.
pub struct FakeClock(AtomicI64);

impl FakeClock {
    pub fn at(now: Millis) -> Self {
        Self(AtomicI64::new(now.0))
    }

    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

/// The same bytes in every run, and never the same twice in one.
#[derive(Default)]
pub struct FakeChance(AtomicU64);

impl Chance for FakeChance {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let block = hex_bytes(&fingerprint(&format!("chance {count}")));
        for (byte, given) in bytes.iter_mut().zip(block.iter().cycle()) {
            *byte = *given;
        }
    }
}

fn hex_bytes(text: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(pair).collect()
}

/// Signs requests that begin with `csr`; the whole text is the key.
pub struct FakeAuthority;

impl Authority for FakeAuthority {
    fn issue(&self, server: ServerId, csr_pem: &str) -> Result<Issued, String> {
        let key = self.key_of(csr_pem)?;
        let certificate_pem = format!("certificate of server {server} for {csr_pem}");
        Ok(Issued { fingerprint: fingerprint(&certificate_pem), certificate_pem, key })
    }

    fn key_of(&self, csr_pem: &str) -> Result<String, String> {
        if csr_pem.starts_with("csr") {
            Ok(fingerprint(csr_pem))
        } else {
            Err("it is not a request".to_owned())
        }
    }

    fn certificate_pem(&self) -> String {
        "certificate of the authority".to_owned()
    }
}

/// Nobody answers until the test says so.
#[derive(Default)]
pub struct FakePing(Mutex<HashSet<Ipv4Addr>>);

impl FakePing {
    pub fn set(&self, address: Ipv4Addr, answers: bool) {
        let mut answering = self.0.lock().expect("whole");
        if answers {
            answering.insert(address)
        } else {
            answering.remove(&address)
        };
    }
}

impl Ping for FakePing {
    fn answers(&self, address: Ipv4Addr, _: Duration) -> Later<'_, bool> {
        let answers = self.0.lock().expect("whole").contains(&address);
        Box::pin(std::future::ready(answers))
    }
}

/// Counters that stand still.
pub struct FakeCounters(pub Vec<(String, u64)>);

impl Counters for FakeCounters {
    fn snapshot(&self) -> Vec<(String, u64)> {
        self.0.clone()
    }
}

/// Takes every letter, until it is told to fail.
#[derive(Default)]
pub struct FakePost {
    sent: Mutex<Vec<Letter>>,
    /// What it says instead of taking a letter.
    failure: Mutex<Option<PostError>>,
}

impl FakePost {
    pub fn sent(&self) -> Vec<Letter> {
        self.sent.lock().expect("not poisoned").clone()
    }

    pub fn fail(&self, failure: Option<PostError>) {
        *self.failure.lock().expect("not poisoned") = failure;
    }
}

impl Post for FakePost {
    fn send(&self, letter: Letter) -> Later<'_, Result<String, PostError>> {
        let failure = self.failure.lock().expect("not poisoned").clone();
        if failure.is_none() {
            self.sent.lock().expect("not poisoned").push(letter);
        }
        Box::pin(async { failure.map_or_else(|| Ok("250 OK".to_owned()), Err) })
    }
}
