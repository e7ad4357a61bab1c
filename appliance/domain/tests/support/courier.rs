//! A courier that remembers what it was given.

use std::collections::VecDeque;
use std::sync::Mutex;

use rackwright_domain::ports::{Courier, CourierError, Later, Parcel};

/// Every receiver answers 204, until the test says otherwise.
#[derive(Default)]
pub struct FakeCourier {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    parcels: Vec<Parcel>,
    answers: VecDeque<Result<u16, CourierError>>,
    always: Option<u16>,
}

impl FakeCourier {
    /// The next parcel is answered so.
    pub fn next(&self, answer: Result<u16, &str>) {
        let answer = answer.map_err(|error| CourierError(error.to_owned()));
        self.state.lock().expect("whole").answers.push_back(answer);
    }

    /// From now on every parcel is answered so.
    pub fn always(&self, code: u16) {
        self.state.lock().expect("whole").always = Some(code);
    }

    /// Every parcel so far, in order.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.state.lock().expect("whole").parcels.clone()
    }
}

impl Courier for FakeCourier {
    fn post<'a>(&'a self, parcel: &'a Parcel) -> Later<'a, Result<u16, CourierError>> {
        let mut state = self.state.lock().expect("whole");
        state.parcels.push(parcel.clone());
        let always = state.always.unwrap_or(204);
        let answer = state.answers.pop_front().unwrap_or(Ok(always));
        Box::pin(std::future::ready(answer))
    }
}
