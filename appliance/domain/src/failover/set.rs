//! `failover set`.

use rackwright_catalog::actions::failover::{FailoverDetail, FailoverSet, FailoverSetInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::setting::setting_put;

use super::KEY;
use super::show::{detail, held};
use crate::{Caller, Domain};

impl Handle<FailoverSet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FailoverSetInput) -> Result<FailoverDetail, Fault> {
        let held = held(self);
        self.change(caller, "set failover", move |tx| {
            setting_put(tx, KEY, &input.after_s)?;
            detail(tx, held)
        })
        .await
    }
}
