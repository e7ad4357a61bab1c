//! Failover: after how long a server is taken for dead, and what a person says of one; [`crate::reconcile`] carries it out.

mod confirm_dead;
mod set;
mod show;

use rackwright_catalog::actions::failover::FailoverView;
use rackwright_model::Name;
use rackwright_store::Connection;
use rackwright_store::failover::Failover;
use rackwright_store::private_server::private_server_on_nas_of;
use rackwright_store::setting::setting_get;

use crate::Refusal;

const KEY: &str = "failover";
/// When nobody chose otherwise, in seconds: longer than a restart of a switch, shorter than people are patient.
const USUAL_S: u32 = 120;

/// After how many seconds without an answer; none: never.
pub(crate) fn after_s(tx: &Connection) -> Result<Option<u32>, Refusal> {
    Ok(setting_get::<Option<u32>>(tx, KEY)?.unwrap_or(Some(USUAL_S)))
}

/// With those that wait, the most urgent first.
pub(crate) fn view(tx: &Connection, failover: Failover) -> Result<FailoverView, Refusal> {
    let waiting = private_server_on_nas_of(tx, failover.server)?;
    let waiting: Vec<Name> = waiting.into_iter().map(|row| row.wanted.name).collect();
    Ok(FailoverView {
        server: failover.server_name,
        stage: failover.stage,
        since: failover.since,
        reason: failover.reason,
        fenced_at: failover.fenced_at,
        fenced_by: failover.fenced_by,
        waiting,
    })
}
