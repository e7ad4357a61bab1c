//! Tells the plan which stations a machine passed, in an order that reads as one journey.
//!
//! The wire shows more than a person wants to read: iPXE asks DHCP a second time after it was handed over, and the RAM
//! disk comes in several files. Here the repetition is left out and the parts are summed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rackwright_model::{BootStage, MacAddr};

use crate::plan::{BootFact, BootPlan};

/// Machines remembered at once; the one heard of longest ago is forgotten first.
const MACHINES: usize = 4_096;
/// Files of one RAM disk that are named in its sentence.
const PARTS: usize = 4;
/// How long after the boot program iPXE's own DHCP still belongs to the same boot.
const SAME_BOOT: Duration = Duration::from_secs(120);

pub(crate) struct Timeline {
    plan: Arc<dyn BootPlan>,
    journeys: Mutex<HashMap<MacAddr, Journey>>,
}

struct Journey {
    heard: Instant,
    program: Option<Instant>,
    ipxe: Option<Instant>,
    ram_disk: Vec<String>,
}

impl Timeline {
    pub fn new(plan: Arc<dyn BootPlan>) -> Self {
        Self { plan, journeys: Mutex::new(HashMap::new()) }
    }

    /// An offer or an acknowledgement to firmware or to iPXE (`ipxe`). iPXE's own is left out when we just gave it to the machine.
    pub fn dhcp(&self, mac: MacAddr, stage: BootStage, ipxe: bool, detail: String) {
        let again = self.journey(mac, |journey| {
            if ipxe {
                journey.ipxe = Some(Instant::now());
            } else {
                (journey.program, journey.ipxe) = (None, None);
            }
            journey.program.is_some_and(|at| at.elapsed() < SAME_BOOT)
        });
        if !again {
            self.tell(mac, stage, detail);
        }
    }

    /// Whether the machine asked DHCP as iPXE a moment ago.
    pub fn in_ipxe(&self, mac: MacAddr) -> bool {
        let journeys = self.journeys.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = journeys.get(&mac).and_then(|journey| journey.ipxe);
        asked.is_some_and(|at| at.elapsed() < SAME_BOOT)
    }

    pub fn program(&self, mac: MacAddr, detail: String) {
        self.journey(mac, |journey| journey.program = Some(Instant::now()));
        self.tell(mac, BootStage::BootProgram, detail);
    }

    pub fn script(&self, mac: MacAddr, detail: String) {
        self.journey(mac, |journey| journey.ram_disk.clear());
        self.tell(mac, BootStage::Script, detail);
    }

    pub fn kernel(&self, mac: MacAddr, detail: String) {
        self.tell(mac, BootStage::Kernel, detail);
    }

    /// One file of the RAM disk; the sentence names all of this boot so far.
    pub fn ram_disk(&self, mac: MacAddr, part: String) {
        let detail = self.journey(mac, |journey| {
            if journey.ram_disk.len() < PARTS {
                journey.ram_disk.push(part);
            }
            journey.ram_disk.join("; ")
        });
        self.tell(mac, BootStage::RamDisk, detail);
    }

    fn tell(&self, mac: MacAddr, stage: BootStage, detail: String) {
        tracing::info!(machine.mac = %mac, boot.stage = ?stage, "{detail}");
        self.plan.passed(BootFact { mac, stage, detail });
    }

    fn journey<T>(&self, mac: MacAddr, change: impl FnOnce(&mut Journey) -> T) -> T {
        let mut journeys = self.journeys.lock().unwrap_or_else(PoisonError::into_inner);
        if journeys.len() >= MACHINES && !journeys.contains_key(&mac) {
            let oldest = journeys.iter().min_by_key(|(_, journey)| journey.heard).map(|(mac, _)| *mac);
            oldest.and_then(|oldest| journeys.remove(&oldest));
        }
        let now = Instant::now();
        let journey = journeys.entry(mac).or_insert(Journey {
            heard: now,
            program: None,
            ipxe: None,
            ram_disk: Vec::new(),
        });
        journey.heard = now;
        change(journey)
    }
}

/// Bytes and duration of a transfer, in words: `8.2 MB in 0.41 s`.
pub(crate) fn transfer(bytes: u64, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    match bytes {
        0..1_000 => format!("{bytes} B in {seconds:.2} s"),
        1_000..1_000_000 => format!("{:.1} kB in {seconds:.2} s", bytes as f64 / 1e3),
        _ => format!("{:.1} MB in {seconds:.2} s", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Answer, BootChoice, Grant, LeaseAsk, Silence};
    use std::net::Ipv4Addr;

    #[derive(Default)]
    struct Notes(Mutex<Vec<(BootStage, String)>>);

    fn nothing<'a, T: Send + 'a>() -> Answer<'a, T> {
        Box::pin(async { Err(Silence { reason: String::new(), refuse: false }) })
    }

    impl BootPlan for Notes {
        fn offer(&self, _: LeaseAsk) -> Answer<'_, Grant> {
            nothing()
        }
        fn commit(&self, _: LeaseAsk, _: Ipv4Addr) -> Answer<'_, Grant> {
            nothing()
        }
        fn elsewhere(&self, _: LeaseAsk, _: Ipv4Addr) -> Answer<'_, ()> {
            nothing()
        }
        fn release(&self, _: MacAddr, _: Ipv4Addr) -> Answer<'_, ()> {
            nothing()
        }
        fn decline(&self, _: MacAddr, _: Ipv4Addr) -> Answer<'_, ()> {
            nothing()
        }
        fn may_netboot(&self, _: MacAddr) -> Answer<'_, ()> {
            nothing()
        }
        fn choose(&self, _: MacAddr) -> Answer<'_, BootChoice> {
            nothing()
        }
        fn holder(&self, _: Ipv4Addr) -> Answer<'_, MacAddr> {
            nothing()
        }
        fn passed(&self, fact: BootFact) {
            self.0.lock().expect("notes").push((fact.stage, fact.detail));
        }
    }

    const MAC: MacAddr = MacAddr([0x52, 0x54, 0, 0, 0, 1]);

    #[test]
    fn a_boot_reads_as_one_journey() {
        let notes = Arc::new(Notes::default());
        let timeline = Timeline::new(notes.clone());
        for _ in 0..2 {
            timeline.dhcp(MAC, BootStage::DhcpOffer, false, "firmware".into());
            timeline.program(MAC, "tftp".into());
            timeline.dhcp(MAC, BootStage::DhcpOffer, true, "ipxe".into());
            timeline.script(MAC, "script".into());
            timeline.ram_disk(MAC, "base".into());
            timeline.ram_disk(MAC, "agent".into());
        }
        let told = notes.0.lock().expect("notes").clone();
        let boot: Vec<_> = told[..5].iter().map(|(_, detail)| detail.as_str()).collect();
        assert_eq!(boot, ["firmware", "tftp", "script", "base", "base; agent"]);
        assert_eq!(told[..5], told[5..], "a second boot reads like the first");
        assert!(timeline.in_ipxe(MAC));
        timeline.dhcp(MAC, BootStage::DhcpOffer, false, "firmware".into());
        assert!(!timeline.in_ipxe(MAC), "a new boot");
    }

    #[test]
    fn an_ipxe_rom_has_its_dhcp_told() {
        let notes = Arc::new(Notes::default());
        let timeline = Timeline::new(notes.clone());
        timeline.dhcp(MAC, BootStage::DhcpAck, true, "ipxe".into());
        assert_eq!(notes.0.lock().expect("notes").len(), 1);
    }

    #[test]
    fn it_remembers_a_bounded_number_of_machines() {
        let timeline = Timeline::new(Arc::new(Notes::default()));
        for n in 0..MACHINES as u32 + 50 {
            let [a, b, c, d] = n.to_be_bytes();
            timeline.script(MacAddr([2, 0, a, b, c, d]), String::new());
        }
        assert_eq!(timeline.journeys.lock().expect("journeys").len(), MACHINES);
    }

    #[test]
    fn a_transfer_in_words() {
        assert_eq!(transfer(8_214_000, Duration::from_millis(412)), "8.2 MB in 0.41 s");
        assert_eq!(transfer(74_012, Duration::from_millis(50)), "74.0 kB in 0.05 s");
        assert_eq!(transfer(7, Duration::ZERO), "7 B in 0.00 s");
    }
}
