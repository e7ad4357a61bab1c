//! A logo by its hash.

use rackwright_catalog::actions::brand::{BrandLogo, BrandLogoInput, BrandLogoView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::brand::brand_png;

use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<BrandLogo, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: BrandLogoInput) -> Result<BrandLogoView, Fault> {
        let attempted = "fetch a logo";
        self.look(attempted, move |tx| {
            let png = brand_png(tx, &input.logo)?;
            Ok(BrandLogoView { png: png.ok_or_else(|| not_found(attempted, "logo", &input.logo))? })
        })
        .await
    }
}
