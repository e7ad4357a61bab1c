//! Showing an image.

use rackwright_catalog::actions::image::{ImageShow, ImageView, OneImage};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::image::image_named;

use super::view;
use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<ImageShow, Caller> for Domain {
    async fn handle(&self, _: &Caller, OneImage { image }: OneImage) -> Result<ImageView, Fault> {
        let attempted = format!("show image {image}");
        let name = image.clone();
        let row = self.look(&attempted, move |tx| Ok(image_named(tx, &name)?)).await?;
        row.map(view).ok_or_else(|| not_found(attempted, "image", &image))
    }
}
