//! `nas list`.

use rackwright_catalog::actions::nas::{NasList, NasView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::nas::nas_list;

use crate::{Caller, Domain};

impl Handle<NasList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Page<NasView>, Fault> {
        let all = self.look("list NAS", |tx| Ok(nas_list(tx)?)).await?;
        Ok(Page::whole(all.iter().map(|nas| super::view(nas, &caller.actor)).collect()))
    }
}
