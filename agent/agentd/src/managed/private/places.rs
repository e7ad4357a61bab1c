//! Places for what runs at the same time on a server, and fewer of them for one private server: whoever keeps those taken
//! leaves room for the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rackwright_model::private_server::Number;

/// All places of one kind.
#[derive(Debug)]
pub struct Places {
    most: usize,
    most_of_one: usize,
    what: &'static str,
    /// How many each private server has taken.
    taken: Mutex<BTreeMap<u32, usize>>,
}

/// One that is taken, until this is dropped.
#[derive(Debug)]
pub struct Place {
    places: &'static Places,
    number: u32,
}

impl Places {
    /// So many in all, and so many for one private server. `what` says in a refusal what has taken them, with its verb:
    /// "commands run".
    pub const fn new(most: usize, most_of_one: usize, what: &'static str) -> Self {
        Self { most, most_of_one, what, taken: Mutex::new(BTreeMap::new()) }
    }

    /// # Errors
    /// A sentence when there is none.
    pub fn take(&'static self, number: Number) -> Result<Place, String> {
        let Self { most, most_of_one, what, .. } = self;
        let number = u32::from(number);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.get(&number).is_some_and(|count| count >= most_of_one) {
            return Err(format!(
                "{most_of_one} {what} inside this private server already; try again when one is done"
            ));
        }
        if taken.values().sum::<usize>() >= *most {
            return Err(format!(
                "{most} {what} inside private servers of this server already; try again when one is done"
            ));
        }
        *taken.entry(number).or_default() += 1;
        Ok(Place { places: self, number })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.number) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                taken.remove(&self.number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PLACES: Places = Places::new(12, 4, "things are being done");

    #[test]
    fn one_private_server_leaves_room_for_the_others() {
        let take = |number: u32| PLACES.take(Number::try_from(number).expect("a number"));
        let mut first: Vec<Place> = (0..4).map(|_| take(7).expect("room")).collect();
        let why = take(7).expect_err("busy");
        assert!(why.contains("4 things are being done inside this private server already"), "{why}");
        let others: Vec<Place> = (0..8).map(|at| take(8 + at % 2).expect("room")).collect();
        let why = take(10).expect_err("busy");
        assert!(why.contains("12 things"), "{why}");
        first.pop();
        first.push(take(7).expect("room again"));
        drop((first, others));
        assert!(PLACES.taken.lock().expect("whole").is_empty());
    }
}
