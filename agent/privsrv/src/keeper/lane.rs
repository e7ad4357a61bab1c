//! A thread of its own for every private server that has something on a NAS: when that does not answer, nobody else waits.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::nas::NasDisk;
use rackwright_model::private_server::{Intent, Number, Phase};

use super::record::Record;
use super::worker::{Course, STEPS, failed, pause, seen, turn};
use super::{Shared, Templates, host};
use crate::explain;
use crate::nas::claim::{self, ClaimError};
use crate::nas::watch::Health;
use crate::nas::{disk, disk_place, shutdown};
use crate::runtime::{self, Host};

/// How often it is looked whether the disk is still this server's.
const CLAIMED: Duration = Duration::from_secs(10);
/// What is said of one that stands still.
const STILL: &str = "Its NAS does not answer. It stands still until that does; nothing of it is lost.";
const SILENT: &str = "Its NAS does not answer; it is tried again when that does.";

/// Whether a private server has a lane.
pub fn has(record: &Record) -> bool {
    record.wanted.nas.is_some() || !record.wanted.shares.is_empty()
}

/// The card to the outside.
#[derive(Debug, Clone)]
pub struct Card {
    pub name: String,
    pub kbit: u32,
}

pub struct Lane {
    shared: Arc<Shared>,
    templates: Arc<dyn Templates>,
    number: Number,
    card: Card,
    course: Course,
    /// What a crash left was taken away.
    cleared: bool,
    claimed: Option<Instant>,
}

impl Lane {
    /// Begins one. It ends when the private server has nothing on a NAS any more, or is gone.
    ///
    /// # Errors
    /// When there can be no more threads.
    pub fn begin(
        shared: &Arc<Shared>,
        templates: &Arc<dyn Templates>,
        number: Number,
        card: Card,
    ) -> std::io::Result<thread::JoinHandle<()>> {
        let lane = Self {
            shared: Arc::clone(shared),
            templates: Arc::clone(templates),
            number,
            card,
            course: Course::default(),
            cleared: false,
            claimed: None,
        };
        thread::Builder::new().name(number.tag()).spawn(move || lane.work())
    }

    fn work(mut self) {
        let (shared, card) = (Arc::clone(&self.shared), self.card.clone());
        let site = &shared.site;
        let link = host::link(&card.name, card.kbit);
        let host = Host { places: &site.places, link, lxcfs: &site.lxcfs };
        while let Some(record) = self.record() {
            for _ in 0..STEPS {
                let Some(record) = self.record() else { return };
                if !self.may(&record, host)
                    || !turn(&shared, &*self.templates, &mut self.course, self.number, host)
                {
                    break;
                }
            }
            let nas = record.wanted.nas.as_ref().map(|nas| nas.export.nas);
            if nas.is_some_and(|nas| shared.exports.of(nas) == Health::Answers)
                && let Some(bytes) = disk::used(self.number)
            {
                shared.lock().disks.insert(self.number.into(), bytes);
            }
            let halting = self.course.halt.is_under_way().then_some(self.number);
            pause(&shared, halting.as_slice());
        }
    }

    /// None when it needs no lane any more.
    fn record(&self) -> Option<Record> {
        self.shared.lock().records.get(&self.number.into()).filter(|record| has(record)).cloned()
    }

    /// Whether a step may be done now.
    fn may(&mut self, record: &Record, host: Host<'_>) -> bool {
        let runs = runtime::is_populated(self.number);
        if let Some(nas) = &record.wanted.nas {
            match self.shared.exports.of(nas.export.nas) {
                Health::Silent => {
                    still(&self.shared, record);
                    return false;
                }
                Health::Unknown => return false,
                Health::Unused | Health::Answers => {}
            }
            if runs && !self.keeps(record, nas, host) {
                return false;
            }
            let heard = self.shared.lock().heard.contains(&self.number.into());
            if !runs && !heard && record.wanted.intent == Intent::On {
                return false;
            }
        }
        if !runs
            && !self.cleared
            && let Err(why) = clear(&self.shared, record, host)
        {
            self.shared.tell(&mut self.shared.lock(), failed(record, &why));
            return false;
        }
        self.cleared = true;
        true
    }

    /// Whether the disk of a running one is still this server's; then it goes on if it stood still. One that has lost its disk
    /// ends at once.
    fn keeps(&mut self, record: &Record, nas: &NasDisk, host: Host<'_>) -> bool {
        let frozen = runtime::is_frozen(self.number);
        if !frozen && self.claimed.is_some_and(|at| at.elapsed() < CLAIMED) {
            return true;
        }
        match claim::take(nas, self.number) {
            Ok(_) => {
                self.claimed = Some(Instant::now());
                if frozen && let Err(why) = runtime::freeze(self.number, false) {
                    self.shared.tell(&mut self.shared.lock(), failed(record, &explain(&why)));
                    return false;
                }
                true
            }
            Err(lost @ ClaimError::Lost { .. }) => {
                eprintln!("{}: {lost}; it is ended here", self.number.tag());
                if let Err(why) = shutdown::shut_down(&disk_place(self.number)) {
                    eprintln!("{}: its disk could not be given up: {why}", self.number.tag());
                }
                let ended = clear(&self.shared, record, host);
                let why = ended.map_or_else(|why| format!("{lost}. {why}"), |()| lost.to_string());
                self.shared.tell(&mut self.shared.lock(), failed(record, &format!("It was ended: {why}.")));
                false
            }
            // It is asked again; what stands still goes on only when this is known.
            Err(why) => {
                eprintln!("{}: {}", self.number.tag(), explain(&why));
                !frozen
            }
        }
    }
}

/// Lets it stand still, and says so.
pub fn still(shared: &Shared, record: &Record) {
    let number = record.wanted.number;
    if runtime::is_populated(number) {
        if !runtime::is_frozen(number)
            && let Err(why) = runtime::freeze(number, true)
        {
            eprintln!("{}: {}", number.tag(), explain(&why));
        }
        shared.tell(&mut shared.lock(), seen(record, Phase::Frozen, Some(STILL.to_owned())));
    } else if record.wanted.intent != Intent::Off || record.done.generation < record.wanted.generation {
        shared.tell(&mut shared.lock(), failed(record, SILENT));
    }
}

/// Takes away everything of it but its files.
fn clear(shared: &Shared, record: &Record, host: Host<'_>) -> Result<(), String> {
    let number = record.wanted.number;
    runtime::clear_number(&host, number, &record.done.addresses).map_err(|why| explain(&why))?;
    let forget = |done: &mut super::Done| {
        done.addresses.clear();
        done.laid = None;
    };
    shared.note(number, forget).map_err(|why| explain(&why))
}
