//! Work on the files of private servers beside the worker: some of it wants that one stands still meanwhile.

use std::collections::btree_map::Entry;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rackwright_model::private_server::{Number, Size, Template};

use super::record::is_version;
use super::{Keeper, Shared, Templates, carry};
use crate::explain;
use crate::places::Places;

/// Until one has stopped, by force at last.
const STOPS: Duration = Duration::from_secs(120);
/// How often it is looked whether the work is still wanted.
const LOOK: Duration = Duration::from_millis(500);

/// What such work needs; threads have it.
#[derive(Clone)]
pub struct Hands(Arc<Shared>);

/// A private server whose files are there.
#[derive(Debug, Clone)]
pub struct Stands {
    pub size: Size,
    /// The version of the template below its files.
    pub template: String,
}

/// It stands still, and the worker leaves it alone, until this is dropped.
pub struct Still {
    shared: Arc<Shared>,
    number: Number,
}

impl Keeper {
    /// For work beside the worker.
    #[must_use]
    pub fn hands(&self) -> Hands {
        Hands(Arc::clone(&self.shared))
    }
}

impl Hands {
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.0.site.places
    }

    /// # Errors
    /// A sentence when it is not here, or not made yet.
    pub fn stands(&self, number: Number) -> Result<Stands, String> {
        let state = self.0.lock();
        let record = state.records.get(&number.into()).ok_or("it does not stand on this server")?;
        if record.wanted.nas.is_some() {
            return Err("its disk is on a NAS".to_owned());
        }
        let made = record.done.made.as_ref().ok_or("its files are not made yet")?;
        Ok(Stands { size: record.wanted.size.clone(), template: made.template.clone() })
    }

    /// Stops it and keeps it stopped. `given_up` is asked while it is waited for.
    ///
    /// # Errors
    /// A sentence when it does not stop in time, is held already, or the work was given up.
    pub fn still(&self, number: Number, given_up: &dyn Fn() -> bool) -> Result<Still, String> {
        let mut state = self.0.lock();
        match state.held.entry(number.into()) {
            Entry::Occupied(_) => return Err("other work on its files is under way".to_owned()),
            Entry::Vacant(free) => drop(free.insert(false)),
        }
        // From here on it is let go whatever happens.
        let still = Still { shared: Arc::clone(&self.0), number };
        let until = Instant::now() + STOPS;
        self.0.work.notify_all();
        while state.held.get(&number.into()) != Some(&true) {
            if given_up() {
                drop(state);
                return Err("it was cancelled".to_owned());
            }
            if Instant::now() > until {
                drop(state);
                return Err(format!("it did not stop in {} s", STOPS.as_secs()));
            }
            let woken = self.0.work.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner);
            state = woken.0;
        }
        Ok(still)
    }

    /// Gets a template when it is not here.
    ///
    /// # Errors
    /// A sentence.
    pub fn template(&self, templates: &dyn Templates, template: &Template) -> Result<(), String> {
        if !is_version(&template.sha256) {
            return Err("the template's SHA-256 is none".to_owned());
        }
        carry::fetch(self.places(), templates, template, &mut |_| {})
    }

    /// Notes over which template its files lie from now on.
    ///
    /// # Errors
    /// A sentence.
    pub fn lies_over(&self, number: Number, template: &str) -> Result<(), String> {
        self.0.note(number, |done| done.lie_over(template)).map_err(|why| explain(&why))
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        // Files may be in place though it could not be noted what they lie over: the next start must know.
        self.shared.recall_one(self.number);
        self.shared.lock().held.remove(&self.number.into());
        self.shared.work.notify_all();
    }
}
