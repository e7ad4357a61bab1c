//! The look that belongs to a host name. An unknown one has the provider's.

use rackwright_catalog::actions::brand::{BrandFace, BrandFind, BrandFindInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::AccountId;
use rackwright_store::account::account_get;
use rackwright_store::brand::brand_account;

use crate::{Caller, Domain};

impl Handle<BrandFind, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: BrandFindInput) -> Result<BrandFace, Fault> {
        self.look("find the look of a panel", move |tx| {
            let owner = brand_account(tx, &input.host.to_lowercase())?.unwrap_or(AccountId::PROVIDER);
            let path = account_get(tx, owner)?.map(|account| account.path).unwrap_or_default();
            super::face(tx, &path)
        })
        .await
    }
}
