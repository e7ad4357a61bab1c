//! Giving panels the look of the account above again.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::brand::{BrandRemove, BrandShowInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::brand::{Brand, brand_delete, brand_whole};

use crate::refusal::conflict;
use crate::{Caller, Domain, account};

impl Handle<BrandRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BrandShowInput) -> Result<Done, Fault> {
        let (attempted, actor) = ("remove the look of panels", caller.actor.clone());
        let name = self
            .reversible(caller, attempted, move |tx| {
                let account = account::chosen(tx, &actor, input.account.as_ref(), attempted)?;
                let before = brand_whole(tx, account.id)?;
                if !brand_delete(tx, account.id)? {
                    let reason = format!("the panels of {} have no look of their own", account.name);
                    return Err(conflict(attempted, reason, "Set one with: rackwright brand set").into());
                }
                let inverse = super::back(&account, before, &Brand::default());
                Ok((account.name, Some(inverse)))
            })
            .await?;
        Ok(Done::new(format!("The panels of {name} look like those of the account above.")))
    }
}
