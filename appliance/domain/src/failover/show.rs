//! `failover show`.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::failover::{FailoverDetail, FailoverShow};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::Connection;
use rackwright_store::failover::failover_list;

use crate::{Caller, Domain, Refusal};

impl Handle<FailoverShow, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<FailoverDetail, Fault> {
        let held = held(self);
        self.look("show failover", move |tx| detail(tx, held)).await
    }
}

/// Why failover waits and what a person can do, in one text.
pub(super) fn held(domain: &Domain) -> Option<String> {
    domain.failover_held().map(|warning| format!("{} {}", warning.problem, warning.advice))
}

pub(super) fn detail(tx: &Connection, held: Option<String>) -> Result<FailoverDetail, Refusal> {
    let failovers = failover_list(tx)?.into_iter().map(|failover| super::view(tx, failover));
    Ok(FailoverDetail { after_s: super::after_s(tx)?, held, failovers: failovers.collect::<Result<_, _>>()? })
}
