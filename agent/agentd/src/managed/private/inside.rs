//! Work inside private servers: a thread for each piece, a few at once, and fewer of one.

use std::thread;

use rackwright_model::private_server::inside::{FailureKind, WorkFailure};
use rackwright_privsrv::inside;
use rackwright_proto::{FromMachine, Inside, InsideDone};

use super::outbox::Sender;
use super::places::Places;

/// The Control Center orders six at one time for whoever has a private server; the provider's people come beside them.
static RUNNING: Places = Places::new(24, 8, "things are being done");

/// Begins it.
///
/// # Errors
/// The answer, when it cannot begin.
pub fn run(order: Inside, sender: Sender) -> Result<(), Box<InsideDone>> {
    let Inside { ask, number, login, work } = order;
    let refused = |reason: String| {
        Box::new(InsideDone { ask, result: Err(WorkFailure::new(FailureKind::Busy, reason)) })
    };
    let place = RUNNING.take(number).map_err(refused)?;
    let work = move || {
        let result = inside::work(number, login.as_ref(), work);
        drop(place);
        // Nobody asks any more when the session is over.
        sender.send(FromMachine::Inside(InsideDone { ask, result })).ok();
    };
    let begun = thread::Builder::new().name("inside".to_owned()).stack_size(512 * 1024).spawn(work);
    begun.map(drop).map_err(|why| refused(format!("it could not be begun: {why}")))
}
