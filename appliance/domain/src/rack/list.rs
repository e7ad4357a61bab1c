//! `rack list`.

use rackwright_catalog::actions::rack::{RackList, RackView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::rack::rack_list;

use crate::{Caller, Domain};

impl Handle<RackList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<RackView>, Fault> {
        let racks = self.look("list racks", |tx| Ok(rack_list(tx)?)).await?;
        Ok(Page::whole(racks.iter().map(super::view).collect()))
    }
}
