//! The look of an account's panels.

use rackwright_catalog::actions::brand::{BrandShow, BrandShowInput, BrandView};
use rackwright_catalog::{Fault, Handle};

use crate::{Caller, Domain, account};

impl Handle<BrandShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BrandShowInput) -> Result<BrandView, Fault> {
        let (attempted, actor) = ("show the look of panels", caller.actor.clone());
        self.look(attempted, move |tx| {
            super::view(tx, &account::chosen(tx, &actor, input.account.as_ref(), attempted)?)
        })
        .await
    }
}
