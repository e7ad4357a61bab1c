//! Work inside private servers: a thread for each piece, a few at once, and fewer of one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{FailureKind, WorkFailure};
use rackwright_privsrv::inside;
use rackwright_proto::{FromMachine, Inside, InsideDone};

use super::outbox::Sender;

/// At one time.
const MOST: usize = 12;
/// Of them for one private server: whoever keeps those waiting leaves room for the others.
const MOST_OF_ONE: usize = 4;

/// How many run for each private server.
static RUNNING: Mutex<BTreeMap<u32, usize>> = Mutex::new(BTreeMap::new());

/// One of those that run.
#[derive(Debug)]
struct Place(u32);

impl Place {
    /// # Errors
    /// A sentence when there is none.
    fn take(number: Number) -> Result<Self, String> {
        let number = u32::from(number);
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if running.get(&number).is_some_and(|count| *count >= MOST_OF_ONE) {
            return Err(format!(
                "{MOST_OF_ONE} things are being done inside this private server already; try again when one is done"
            ));
        }
        if running.values().sum::<usize>() >= MOST {
            return Err(format!(
                "{MOST} things are being done inside private servers of this server already; try again when one is done"
            ));
        }
        *running.entry(number).or_default() += 1;
        Ok(Self(number))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(&self.0) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                running.remove(&self.0);
            }
        }
    }
}

/// Begins it.
///
/// # Errors
/// The answer, when it cannot begin.
pub fn run(order: Inside, sender: Sender) -> Result<(), Box<InsideDone>> {
    let Inside { ask, number, login, work } = order;
    let refused = |reason: String| {
        Box::new(InsideDone { ask, result: Err(WorkFailure::new(FailureKind::Busy, reason)) })
    };
    let place = Place::take(number).map_err(refused)?;
    let work = move || {
        let result = inside::work(number, login.as_ref(), work);
        drop(place);
        // Nobody asks any more when the session is over.
        sender.send(FromMachine::Inside(InsideDone { ask, result })).ok();
    };
    let begun = thread::Builder::new().name("inside".to_owned()).stack_size(512 * 1024).spawn(work);
    begun.map(drop).map_err(|why| refused(format!("it could not be begun: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_private_server_leaves_room_for_the_others() {
        let take = |number: u32| Place::take(Number::try_from(number).expect("a number"));
        let mut first: Vec<Place> = (0..4).map(|_| take(7).expect("room")).collect();
        let why = take(7).expect_err("busy");
        assert!(why.contains("this private server already"), "{why}");
        let others: Vec<Place> = (0..8).map(|at| take(8 + at % 2).expect("room")).collect();
        let why = take(10).expect_err("busy");
        assert!(why.contains("12 things"), "{why}");
        first.pop();
        first.push(take(7).expect("room again"));
        drop((first, others));
        assert!(RUNNING.lock().expect("whole").is_empty());
    }
}
