//! Sends a visitor into a private server and waits for its answer.

use std::time::Duration;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, FailureKind, LoginName, Work, WorkFailure};

use super::enter::Visit;
use crate::tool::{self, ToolError};
use crate::{explain, runtime, scope};

/// Bytes of an answer: what fits into a frame.
const ANSWER: u64 = 1 << 20;

/// Has work on files done.
///
/// # Errors
/// Why it was not done.
pub fn send(number: Number, login: Option<&LoginName>, work: Work) -> Result<Answer, WorkFailure> {
    let limit = Duration::from_secs(u64::from(work.limit_s()));
    let broken = |why: String| WorkFailure::new(FailureKind::Broken, why);
    let process = runtime::first_process(number).map_err(|why| broken(explain(&why)))?;
    let process = process.ok_or_else(|| broken("it does not run".to_owned()))?;
    let scope = scope::name(number);
    let order = serde_json::to_string(&Visit { process, scope, login: login.cloned(), work })
        .map_err(|why| broken(format!("the order could not be written: {why}")))?;
    // The program of this very process, also when another version lies in its place by now.
    match tool::ask("/proc/self/exe", &["inside"], &order, limit, ANSWER) {
        Ok(said) => serde_json::from_str(&said)
            .map_err(|_| broken("the answer from inside cannot be read".to_owned()))?,
        Err(ToolError::Late { .. }) => Err(late(limit)),
        Err(why) => Err(broken(explain(&why))),
    }
}

pub fn late(limit: Duration) -> WorkFailure {
    let reason = format!("it was not done within {} s and was ended", limit.as_secs());
    WorkFailure::new(FailureKind::Late, reason)
}
