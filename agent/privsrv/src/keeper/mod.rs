//! Keeping private servers as they are wanted: what is wanted is kept on the disk before it is carried out, so a server
//! comes back as it was after a crash at any point and after a restart, without the Control Center.

mod carry;
mod halt;
mod hold;
pub(crate) mod host;
mod lane;
mod leftover;
mod meter;
mod origin;
mod pace;
mod recall;
mod record;
mod report;
mod step;
mod sweep;
mod usage;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use rackwright_model::nas::is_directory;
use rackwright_model::private_server::{Intent, Number, Phase, Seen, Template, UsageBatch, Wanted};
use rackwright_proto::HostRoom;

use crate::bell::Bell;
use crate::durable::FileError;
use crate::explain;
use crate::nas::watch::Watch;
use crate::places::Places;
pub use hold::{Hands, Stands, Still};
pub use record::{Done, Made, Record, RecordError, Records, is_version};
pub use report::{Kept, Report, report};
use usage::Spool;

/// Where templates come from.
pub trait Templates: Send + Sync {
    /// Puts the files of a template into the empty directory `to` and checks its hash. `arrived` hears how many bytes of the
    /// compressed file are here.
    ///
    /// # Errors
    /// A sentence.
    fn fetch(&self, template: &Template, to: &Path, arrived: &mut dyn FnMut(u64)) -> Result<(), String>;
}

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Site {
    pub records: PathBuf,
    /// Samples of usage that wait.
    pub usage: PathBuf,
    pub places: Places,
    pub lxcfs: PathBuf,
    /// The card that leads there is the card to the outside.
    pub center: SocketAddr,
}

impl Site {
    /// That of an installed server.
    #[must_use]
    pub fn of_server(center: SocketAddr) -> Self {
        Self {
            records: "/var/lib/rackwright/private-servers".into(),
            usage: "/var/lib/rackwright/usage".into(),
            places: Places { data: "/srv".into(), run: "/run/rackwright-private".into() },
            lxcfs: "/var/lib/lxcfs".into(),
            center,
        }
    }
}

/// What the session holds: it hands in what is wanted and asks what was seen.
pub struct Keeper {
    shared: Arc<Shared>,
    /// Until the worker starts, which is when there is something to do.
    templates: Option<Arc<dyn Templates>>,
}

struct Shared {
    site: Site,
    records: Records,
    state: Mutex<State>,
    /// Something new is wanted.
    work: Condvar,
    /// Something new was seen.
    bell: Bell,
    fresh_usage: AtomicBool,
    exports: Watch,
}

#[derive(Default)]
struct State {
    records: BTreeMap<u32, Record>,
    seen: BTreeMap<u32, Seen>,
    /// Those that are to stand still for work on their files, and whether they do.
    held: BTreeMap<u32, bool>,
    /// Numbers of which something was seen that nobody was told.
    news: BTreeSet<u32>,
    /// Numbers of which the Control Center has spoken since this program began. Disks on a NAS may be another's since then,
    /// so nothing is started on one before.
    heard: BTreeSet<u32>,
    /// Bytes in use on disks on a NAS.
    disks: BTreeMap<u32, u64>,
}

impl Keeper {
    /// Reads what is kept, and carries it on when there is anything.
    ///
    /// # Errors
    /// When the records cannot be read at all.
    pub fn open(site: Site, templates: Arc<dyn Templates>, bell: Bell) -> io::Result<Self> {
        let records = Records(site.records.clone());
        let (kept, bad) = records.load().map_err(io::Error::other)?;
        for why in bad {
            eprintln!("a private server is left as it is: {why}");
        }
        let any = !kept.is_empty();
        let state = Mutex::new(State { records: kept, ..State::default() });
        let shared = Arc::new(Shared {
            site,
            records,
            state,
            work: Condvar::new(),
            bell,
            fresh_usage: AtomicBool::new(false),
            exports: Watch::default(),
        });
        shared.recall();
        let mut keeper = Self { shared, templates: Some(templates) };
        if any {
            keeper.begin()?;
        }
        Ok(keeper)
    }

    fn begin(&mut self) -> io::Result<()> {
        let Some(templates) = self.templates.take() else { return Ok(()) };
        let shared = Arc::clone(&self.shared);
        let name = "private-servers".to_owned();
        thread::Builder::new().name(name).spawn(move || worker::Worker::new(shared, templates).work())?;
        Ok(())
    }

    /// Takes what is wanted: it is on the disk when this returns. What is older than what is known changes nothing.
    ///
    /// # Errors
    /// When the worker cannot be started. What is wrong with one private server is told as what was seen of it.
    pub fn take(&mut self, mut all: Vec<Wanted>) -> io::Result<()> {
        // Clones are heard of before those go whose files they begin with.
        all.sort_by_key(|wanted| matches!(wanted.intent, Intent::Gone | Intent::Left));
        let mut state = self.shared.lock();
        for wanted in all {
            let (number, generation) = (wanted.number, wanted.generation);
            if let Err(reason) = self.shared.take(&mut state, wanted) {
                let failed =
                    Seen { number, generation, phase: Phase::Failed, reason: Some(reason), progress: None };
                self.shared.tell(&mut state, failed);
            }
        }
        let any = !state.records.is_empty();
        drop(state);
        self.shared.work.notify_all();
        if any { self.begin() } else { Ok(()) }
    }

    /// What was seen since this was last asked.
    pub fn news(&mut self) -> Vec<Seen> {
        let mut state = self.shared.lock();
        let numbers = std::mem::take(&mut state.news);
        let news = numbers.iter().filter_map(|number| state.seen.get(number).cloned()).collect();
        // It was told, and it would be asked for again.
        state.seen.retain(|number, seen| seen.phase != Phase::Gone || !numbers.contains(number));
        news
    }

    /// What this server can give, and what is missing.
    #[must_use]
    pub fn room(&self) -> HostRoom {
        host::room(&self.shared.site)
    }

    /// The oldest samples of usage that nobody has in the books.
    #[must_use]
    pub fn usage(&self) -> Option<UsageBatch> {
        Spool(self.shared.site.usage.clone()).oldest()
    }

    /// Whether there are new samples since this was last asked.
    #[must_use]
    pub fn has_new_usage(&self) -> bool {
        self.shared.fresh_usage.swap(false, Ordering::AcqRel)
    }

    /// These samples are in the books.
    ///
    /// # Errors
    /// A sentence: they will be sent again.
    pub fn forget_usage(&self, batch: u64) -> Result<(), String> {
        Spool(self.shared.site.usage.clone()).forget(batch)
    }

    /// What is known of all.
    #[must_use]
    pub fn all(&self) -> Vec<Seen> {
        self.shared.lock().seen.values().cloned().collect()
    }
}

impl Shared {
    /// Nothing that holds the lock panics half-way through a change.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, state: &mut State, wanted: Wanted) -> Result<(), String> {
        let number = u32::from(wanted.number);
        state.heard.insert(number);
        if let Some(known) = state.records.get(&number)
            && known.wanted.generation >= wanted.generation
        {
            // It is answered all the same.
            state.news.insert(number);
            self.bell.ring();
            return Ok(());
        }
        check(&wanted)?;
        let done = match state.records.get(&number) {
            Some(record) => record.done.clone(),
            None => Done { origin_lost: origin::is_lost(&state.records, &wanted), ..Done::default() },
        };
        let record = Record { wanted, done };
        self.records.keep(&record).map_err(|why| explain(&why))?;
        state.records.insert(number, record);
        Ok(())
    }

    fn tell(&self, state: &mut State, seen: Seen) {
        let number = u32::from(seen.number);
        if state.seen.get(&number) != Some(&seen) {
            state.seen.insert(number, seen);
            state.news.insert(number);
            self.bell.ring();
        }
    }

    /// Notes what was done. None when it is gone.
    fn note(&self, number: Number, change: impl FnOnce(&mut Done)) -> Result<(), FileError> {
        let mut state = self.lock();
        let Some(record) = state.records.get_mut(&number.into()) else { return Ok(()) };
        let mut changed = record.clone();
        change(&mut changed.done);
        if changed.done != record.done {
            self.records.keep(&changed)?;
            *record = changed;
        }
        Ok(())
    }
}

/// What no server can carry out.
fn check(wanted: &Wanted) -> Result<(), String> {
    if wanted.nas.as_ref().is_some_and(|nas| !is_directory(&nas.directory)) {
        return Err("the directory of its disk on the NAS is none".to_owned());
    }
    if matches!(wanted.intent, Intent::Gone | Intent::Left) {
        return Ok(());
    }
    if wanted.shares.iter().any(|share| share.at.hides().is_some()) {
        return Err("what it reads would hide what the system inside needs".to_owned());
    }
    if !record::is_version(&wanted.template.sha256) {
        return Err("the template's SHA-256 is none".to_owned());
    }
    let hash = wanted.access.password_hash.as_deref().unwrap_or_default();
    if hash.contains(|c: char| c == ':' || c.is_control()) {
        return Err("the password hash of root is none that /etc/shadow can hold".to_owned());
    }
    if wanted.access.ssh_keys.iter().any(|key| key.contains(|c: char| c.is_control())) {
        return Err("a key of root is not one line".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub use tests::wanted_for_tests;
