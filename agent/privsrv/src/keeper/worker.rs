//! The one thread that carries out what is wanted, and looks every two seconds whether what should run does.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rackwright_model::private_server::{Intent, Number, Phase, Seen};

use super::carry::Carry;
use super::halt::Halt;
use super::lane::{self, Card, Lane};
use super::leftover::Leftover;
use super::meter::Meter;
use super::pace::Pace;
use super::record::Record;
use super::step::{self, Step};
use super::usage::{self, Spool};
use super::{Shared, Templates, host, origin, sweep};
use crate::cable;
use crate::nas::watch::Health;
use crate::runtime::{self, Host};
use crate::shaping::Link;
use crate::vault;

/// Between two looks.
pub(super) const LOOK: Duration = Duration::from_secs(2);
/// Between two looks at one that is being shut down.
const SOON: Duration = Duration::from_millis(100);
/// Services that a server lacks right after its start are waited for without a word.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two times that the ground is laid again.
const RENEWED: Duration = Duration::from_secs(30);
/// Steps for one private server before the others have their turn.
pub(super) const STEPS: usize = 6;

pub struct Worker {
    shared: Arc<Shared>,
    templates: Arc<dyn Templates>,
    born: Instant,
    /// The card to the outside and its speed, once the ground is laid.
    card: Option<(String, u32)>,
    /// When that was laid again.
    renewed: Option<Instant>,
    course: BTreeMap<u32, Course>,
    /// Threads of private servers with something on a NAS.
    lanes: BTreeMap<u32, JoinHandle<()>>,
    spool: Spool,
    meter: Meter,
}

/// How it went with one private server so far.
#[derive(Default)]
pub(super) struct Course {
    pace: Pace,
    /// The generation that the pace is about.
    generation: u64,
    /// Since when it runs, as far as is known.
    since: Option<Instant>,
    /// What is noteworthy though it runs.
    remark: Option<String>,
    /// The last failure.
    failure: Option<String>,
    leftover: Leftover,
    pub halt: Halt,
    /// What the card told of its carrier when its addresses were last answered for.
    carrier: Option<String>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>, templates: Arc<dyn Templates>) -> Self {
        let spool = Spool(shared.site.usage.clone());
        let meter = spool.load();
        Self {
            shared,
            templates,
            born: Instant::now(),
            card: None,
            renewed: None,
            course: BTreeMap::new(),
            lanes: BTreeMap::new(),
            spool,
            meter,
        }
    }

    /// Works for ever.
    pub fn work(mut self) {
        loop {
            if self.card.is_none() {
                match self.prepare() {
                    Ok(card) => self.card = Some(card),
                    Err(why) => self.tell_all(&why),
                }
            }
            if let Some((card, kbit)) = self.card.clone() {
                let link = host::link(&card, kbit);
                self.renew(&link);
                self.look(link);
            }
            self.measure();
            let halting = self.course.iter().filter(|(_, course)| course.halt.is_under_way());
            let halting: Vec<Number> =
                halting.filter_map(|(number, _)| Number::try_from(*number).ok()).collect();
            pause(&self.shared, &halting);
        }
    }

    /// Lays the ground and takes away what a crash left.
    fn prepare(&self) -> Result<(String, u32), String> {
        let site = &self.shared.site;
        let missing = host::missing(site);
        if !missing.is_empty() {
            return Err(missing.join(" "));
        }
        let card = host::card(site.center)?;
        let kbit = host::speed(&card);
        let link = host::link(&card, kbit);
        host::lay_ground(site, &link)?;
        let host = Host { places: &site.places, link, lxcfs: &site.lxcfs };
        self.clear(&host);
        Ok((card, kbit))
    }

    /// Lays the ground again.
    fn renew(&mut self, link: &Link<'_>) {
        if self.renewed.is_some_and(|at| at.elapsed() < RENEWED) {
            return;
        }
        self.renewed = Some(Instant::now());
        if let Err(why) = host::renew(link) {
            eprintln!("what private servers stand on is not laid again: {why}");
        }
    }

    /// Takes away what nobody claims, and what of ours only half stands.
    fn clear(&self, host: &Host<'_>) {
        // The disk may be mounted only now.
        self.shared.recall();
        let kept: BTreeMap<u32, Record> = self.shared.lock().records.clone();
        // A record that cannot be read claims its private server all the same, and a template that nobody knows.
        let mut claimed = sweep::claimed(&self.shared.site.records);
        let all_known = claimed.iter().all(|number| kept.contains_key(number));
        claimed.extend(kept.keys());
        sweep::sweep(host, &claimed);
        if all_known && let Err(why) = sweep::templates(host.places, kept.values()) {
            eprintln!("a template that nobody needs stays: {why}");
        }
        // What of one cannot be taken away does not keep the others from standing.
        for record in kept.values().filter(|record| record.wanted.nas.is_none()) {
            if let Err(why) = self.clear_one(host, record) {
                let tag = record.wanted.number.tag();
                eprintln!("{tag}: not all that a crash left of it is taken away: {why}");
            }
        }
    }

    /// The same of one that is kept, with its files here. A lane clears the rest of its own.
    fn clear_one(&self, host: &Host<'_>, record: &Record) -> Result<(), String> {
        let number = record.wanted.number;
        // It runs all the same when something of work on its files stays.
        let tidied = vault::thaw(number).and(vault::tidy(host.places, number));
        if !lane::has(record) && !runtime::is_running(number).map_err(|why| crate::explain(&why))? {
            runtime::clear_number(host, number, &record.done.addresses)
                .map_err(|why| crate::explain(&why))?;
            let forget = |done: &mut super::Done| {
                done.addresses.clear();
                done.laid = None;
            };
            self.shared.note(number, forget).map_err(|why| crate::explain(&why))?;
        }
        tidied.map_err(|why| crate::explain(&why))
    }

    fn tell_all(&self, why: &str) {
        if self.born.elapsed() < PATIENCE {
            return;
        }
        let mut state = self.shared.lock();
        // What runs goes on running.
        let told = |record: &Record| {
            let stands = record.done.generation >= record.wanted.generation
                && runtime::is_populated(record.wanted.number);
            if stands { seen(record, Phase::Running, Some(why.to_owned())) } else { failed(record, why) }
        };
        let all: Vec<Seen> = state.records.values().map(told).collect();
        all.into_iter().for_each(|seen| self.shared.tell(&mut state, seen));
    }

    /// Adds up what is used, and keeps the samples of a span that is over.
    fn measure(&mut self) {
        let made: Vec<Number> = {
            let state = self.shared.lock();
            let made = state.records.values().filter(|record| record.done.made.is_some());
            made.map(|record| record.wanted.number).collect()
        };
        let now = usage::now();
        self.meter.look(now, &usage::read(&self.shared.site.places, &made));
        if !self.meter.is_over(now) {
            return;
        }
        let at = self.meter.at;
        let mut disks = usage::disks(&self.shared.site.places);
        disks.extend(self.shared.lock().disks.clone());
        let samples = self.meter.close(now, &disks);
        match self.spool.keep(at, &samples, &self.meter) {
            Ok(()) => {
                self.shared.fresh_usage.store(true, Ordering::Release);
                self.shared.bell.ring();
            }
            Err(why) => eprintln!("the usage of private servers in one span is lost: {why}"),
        }
    }

    fn look(&mut self, link: Link<'_>) {
        let records: Vec<Record> = self.shared.lock().records.values().cloned().collect();
        self.course
            .retain(|number, _| records.iter().any(|record| u32::from(record.wanted.number) == *number));
        self.keep_exports(&records);
        self.lanes.retain(|_, lane| !lane.is_finished());
        for record in records {
            if lane::has(&record) {
                self.course.remove(&record.wanted.number.into());
                self.keep_lane(&record, link);
                continue;
            }
            // It has nothing on a NAS any more, and its lane does a last step.
            if self.lanes.contains_key(&record.wanted.number.into()) {
                continue;
            }
            let site = &self.shared.site;
            let host = Host { places: &site.places, link, lxcfs: &site.lxcfs };
            let number = record.wanted.number;
            let course = self.course.entry(number.into()).or_default();
            for _ in 0..STEPS {
                if !turn(&self.shared, &*self.templates, course, number, host) {
                    break;
                }
            }
        }
    }

    /// The exports that something here is on are looked after.
    fn keep_exports(&self, records: &[Record]) {
        let of = |record: &Record| {
            let shares = record.wanted.shares.iter().map(|share| share.export.nas);
            shares.chain(record.wanted.nas.iter().map(|nas| nas.export.nas)).collect::<Vec<_>>()
        };
        let used = records.iter().flat_map(of).collect();
        let shared = Arc::clone(&self.shared);
        let changed: Arc<dyn Fn() + Send + Sync> = Arc::new(move || shared.work.notify_all());
        self.shared.exports.keep(&used, &changed);
    }

    /// A lane may itself be waiting for a NAS: that its private server stands still is seen to here.
    fn keep_lane(&mut self, record: &Record, link: Link<'_>) {
        if let Some(nas) = &record.wanted.nas
            && self.shared.exports.of(nas.export.nas) == Health::Silent
        {
            lane::still(&self.shared, record);
        }
        let number = record.wanted.number;
        if self.lanes.contains_key(&number.into()) {
            return;
        }
        let card = Card { name: link.card.to_owned(), kbit: link.kbit };
        match Lane::begin(&self.shared, &self.templates, number, card) {
            Ok(lane) => drop(self.lanes.insert(number.into(), lane)),
            Err(why) => {
                let why = format!("It has no thread of its own: {why}.");
                self.shared.tell(&mut self.shared.lock(), failed(record, &why));
            }
        }
    }
}

/// Waits until there is something to do, or it is time to look: for those that are being shut down, as soon as one has.
pub(super) fn pause(shared: &Shared, halting: &[Number]) {
    let until = Instant::now() + LOOK;
    loop {
        let most = if halting.is_empty() { LOOK } else { SOON };
        let state = shared.lock();
        let woken = shared.work.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner);
        let called = !woken.1.timed_out();
        drop(woken);
        let ended = halting.iter().any(|number| !runtime::is_populated(*number));
        if called || ended || Instant::now() >= until {
            return;
        }
    }
}

/// Whoever works on its files may begin.
fn stands_still(shared: &Shared, record: &Record) {
    let mut state = shared.lock();
    if let Some(still) = state.held.get_mut(&record.wanted.number.into()) {
        *still = true;
    }
    shared.tell(&mut state, seen(record, Phase::Stopped, None));
    drop(state);
    shared.work.notify_all();
}

/// One step for one private server; whether another one may follow at once.
pub(super) fn turn(
    shared: &Shared,
    templates: &dyn Templates,
    course: &mut Course,
    number: Number,
    host: Host<'_>,
) -> bool {
    let Some(record) = shared.lock().records.get(&number.into()).cloned() else { return false };
    let now = Instant::now();
    let runs = runtime::is_populated(record.wanted.number);
    course.observe(&record, runs, now);
    let held = shared.lock().held.contains_key(&number.into());
    // What a stop takes away is away then too.
    if held && !runs && !course.halt.is_under_way() && record.done.addresses.is_empty() {
        stands_still(shared, &record);
        return false;
    }
    if !held {
        // Whoever is to work on its files waits for a later turn.
        course.leftover.sweep(host.places, number, now);
    }
    let step = match step::next(&record, runs) {
        _ if held => Step::Stop,
        ends @ (Step::Remove | Step::Leave) => ends,
        // What was begun is finished first, whatever is wanted since.
        _ if course.halt.is_under_way() => Step::Stop,
        next => next,
    };
    if step == Step::Rest {
        course.answer_again(&record, runs, &host.link);
        let phase = if runs { Phase::Running } else { Phase::Stopped };
        let reason = course.remark.clone().filter(|_| runs);
        shared.tell(&mut shared.lock(), seen(&record, phase, reason));
        return false;
    }
    let needed = step.ends_files(&record).then(|| origin::needed(&shared.lock().records, number)).flatten();
    if let Some(why) = needed {
        shared.tell(&mut shared.lock(), failed(&record, &why));
        return false;
    }
    if !held && !course.pace.is_due(now) {
        let why = course.failure.clone().unwrap_or_default();
        shared.tell(&mut shared.lock(), failed(&record, &why));
        return false;
    }
    let carry = Carry { shared, templates, host, record: &record };
    let outcome = match step {
        Step::Rest => Ok(()),
        Step::Make => carry.make(),
        Step::Start => carry.start(),
        Step::Stop => match course.halt.is_over(number, now) {
            Ok(true) => carry.stop(),
            Ok(false) => {
                carry.stopping();
                return false;
            }
            Err(why) => Err(why),
        },
        Step::Adapt => carry.adapt(runs),
        Step::Remove => carry.remove(),
        Step::Fetch => carry.near(),
        Step::Leave => carry.leave(),
    };
    course.halt = Halt::default();
    match outcome {
        Ok(()) => {
            course.failure = None;
            if matches!(step, Step::Stop | Step::Remove | Step::Leave) {
                course.since = None;
            }
            true
        }
        Err(why) => {
            eprintln!("{}: {why}", record.wanted.number.tag());
            course.pace.failed(Instant::now());
            course.failure = Some(why.clone());
            shared.tell(&mut shared.lock(), failed(&record, &why));
            false
        }
    }
}

impl Course {
    /// The kernel forgets some of the addresses that a card answers for when that has no carrier.
    fn answer_again(&mut self, record: &Record, runs: bool, link: &Link<'_>) {
        let told = Some(host::carrier_changes(link.card));
        let Some(laid) = record.done.laid.as_ref().filter(|_| runs && self.carrier != told) else { return };
        match cable::answer(&laid.addresses(), link) {
            Ok(()) => self.carrier = told,
            Err(why) => eprintln!("{}: {}", laid.number.tag(), crate::explain(&why)),
        }
    }

    /// Notes what is seen before anything is decided.
    fn observe(&mut self, record: &Record, runs: bool, now: Instant) {
        if self.generation != record.wanted.generation {
            self.generation = record.wanted.generation;
            self.pace.reset();
            (self.remark, self.failure) = (None, None);
        }
        match (runs, self.since) {
            (true, None) => self.since = Some(now),
            (false, Some(since)) => {
                self.since = None;
                if record.wanted.intent == Intent::On && !self.halt.is_under_way() {
                    self.pace.ended(since, now);
                    self.failure = Some("It ended by itself; it is started again.".to_owned());
                    self.remark = Some("It ended by itself and was started again.".to_owned());
                }
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
}

pub(super) fn seen(record: &Record, phase: Phase, reason: Option<String>) -> Seen {
    let (number, generation): (Number, u64) = (record.wanted.number, record.wanted.generation);
    Seen { number, generation, phase, reason, progress: None }
}

pub(super) fn failed(record: &Record, why: &str) -> Seen {
    seen(record, Phase::Failed, Some(why.to_owned()))
}
