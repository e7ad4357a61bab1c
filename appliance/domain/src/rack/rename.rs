//! `rack rename`.

use rackwright_catalog::actions::rack::{RackRename, RackRenameInput, RackView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::rack::rack_rename;

use crate::{Caller, Domain};

impl Handle<RackRename, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: RackRenameInput) -> Result<RackView, Fault> {
        let attempted = format!("rename rack {} to {}", input.rack, input.name);
        let fault = attempted.clone();
        self.change(caller, &attempted, move |tx| {
            let rack = super::named(tx, &input.rack, &fault)?;
            if input.name != input.rack {
                super::free(tx, &input.name, &fault)?;
                rack_rename(tx, rack.id, &input.name)?;
            }
            Ok(super::view(&super::named(tx, &input.name, &fault)?))
        })
        .await
    }
}
