//! A logo by its hash.

use rackwright_catalog::actions::brand::{BrandLogo, BrandLogoInput, BrandLogoView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::brand::brand_png;

use crate::refusal::not_found_in;
use crate::{Caller, Domain};

impl Handle<BrandLogo, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: BrandLogoInput) -> Result<BrandLogoView, Fault> {
        let attempted = "fetch a logo";
        self.look(attempted, move |tx| {
            let png = brand_png(tx, &input.logo)?;
            let advice = "See which there is with: rackwright brand show";
            let png = png.ok_or_else(|| not_found_in(attempted, "logo", &input.logo, advice))?;
            Ok(BrandLogoView { png })
        })
        .await
    }
}
