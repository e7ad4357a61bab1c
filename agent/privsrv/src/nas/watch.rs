//! Whether exports answer. Each has a thread of its own that asks, and a program that it asks by is given up when it does not
//! end: a dead NAS keeps nobody else waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rackwright_model::NasId;

use super::{mount, place};
use crate::tool;

/// Between two questions.
const PAUSE: Duration = Duration::from_secs(3);
/// Of an answer: longer than a short break of the network.
const LIMIT: Duration = Duration::from_secs(8);

/// What is known of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It is not mounted.
    Unused,
    /// It was not asked yet.
    Unknown,
    Answers,
    Silent,
}

/// The exports that are looked after.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<BTreeMap<NasId, Asked>>>);

#[derive(Debug, Default)]
struct Asked {
    answered: Option<bool>,
    wanted: bool,
}

impl Watch {
    fn all(&self) -> MutexGuard<'_, BTreeMap<NasId, Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of one.
    #[must_use]
    pub fn of(&self, nas: NasId) -> Health {
        let answered = self.all().get(&nas).and_then(|asked| asked.answered);
        match answered {
            _ if !mount::is_mounted(nas) => Health::Unused,
            None => Health::Unknown,
            Some(true) => Health::Answers,
            Some(false) => Health::Silent,
        }
    }

    /// These are used: each is asked from now on. Others are unmounted, when they answer. `changed` hears that one answers, or
    /// no longer does.
    pub fn keep(&self, used: &BTreeSet<NasId>, changed: &Arc<dyn Fn() + Send + Sync>) {
        let fresh: Vec<NasId> = {
            let mut all = self.all();
            all.iter_mut().for_each(|(nas, asked)| asked.wanted = used.contains(nas));
            let named = used.iter().copied().chain(mount::mounted());
            let fresh: BTreeSet<NasId> = named.filter(|nas| !all.contains_key(nas)).collect();
            for nas in &fresh {
                all.insert(*nas, Asked { answered: None, wanted: used.contains(nas) });
            }
            fresh.into_iter().collect()
        };
        for nas in fresh {
            let (watch, changed) = (self.clone(), Arc::clone(changed));
            let thread = thread::Builder::new().name(format!("nas{nas}"));
            // Without a thread it stays unknown, and nothing is begun on it.
            if let Err(why) = thread.spawn(move || watch.ask(nas, &*changed)) {
                eprintln!("the NAS {nas} cannot be looked after: {why}");
                self.all().remove(&nas);
            }
        }
    }

    /// Asks until nobody wants it any more and it is unmounted.
    fn ask(&self, nas: NasId, changed: &(dyn Fn() + Send + Sync)) {
        loop {
            if mount::is_mounted(nas) {
                let path = place(nas).display().to_string();
                // statfs(2) is answered by the NAS, never from memory.
                let answers = tool::run("stat", &["--file-system", "--format=%a", &path], LIMIT).is_ok();
                let mut all = self.all();
                let asked = all.entry(nas).or_default();
                let new = asked.answered != Some(answers);
                asked.answered = Some(answers);
                let leave = !asked.wanted && answers;
                drop(all);
                if new {
                    changed();
                }
                if leave && let Err(why) = mount::release(nas) {
                    eprintln!("{}", crate::explain(&why));
                }
            } else {
                let mut all = self.all();
                if all.get(&nas).is_none_or(|asked| !asked.wanted) {
                    all.remove(&nas);
                    return;
                }
                all.entry(nas).or_default().answered = None;
            }
            thread::sleep(PAUSE);
        }
    }
}
