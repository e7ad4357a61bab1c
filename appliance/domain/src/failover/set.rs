//! `failover set`.

use rackwright_catalog::actions::failover::{FailoverDetail, FailoverSet, FailoverSetInput};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_store::setting::setting_put;

use super::KEY;
use super::show::{detail, held};
use crate::{Caller, Domain};

impl Handle<FailoverSet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FailoverSetInput) -> Result<FailoverDetail, Fault> {
        let attempted = "set failover";
        let problem = match (input.after_s, input.never) {
            (None, false) => Some(("after_s", "is missing; give the seconds, or never to switch it off")),
            (Some(_), true) => Some(("never", "switches it off, and after_s says when it is done")),
            (Some(_), false) | (None, true) => None,
        };
        if let Some((field, problem)) = problem {
            return Err(Fault::invalid(attempted, vec![FieldProblem::new(field, problem)]));
        }
        let held = held(self);
        self.change(caller, attempted, move |tx| {
            setting_put(tx, KEY, &input.after_s)?;
            detail(tx, held)
        })
        .await
    }
}
