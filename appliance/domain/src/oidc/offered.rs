//! What the sign-in page at an address offers.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::oidc::{OidcOffer, OidcOffered, OidcOfferedInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::oidc::oidc_list;

use crate::{Caller, Domain};

impl Handle<OidcOffered, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: OidcOfferedInput) -> Result<Page<OidcOffer>, Fault> {
        self.look("list what the sign-in page offers", move |tx| {
            let rows = oidc_list(tx, super::at(tx, &input.base)?)?;
            let offer =
                rows.into_iter().map(|row| OidcOffer { name: row.draft.name, title: row.draft.title });
            Ok(Page::whole(offer.collect()))
        })
        .await
    }
}
