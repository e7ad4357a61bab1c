//! Comparing an image's file with its hash on record.

use rackwright_catalog::actions::image::{ImageVerify, ImageView, OneImage};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_store::Connection;
use rackwright_store::image::{ImageRow, image_mark, image_named};

use super::{file, view};
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain, Refusal};

impl Handle<ImageVerify, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneImage { image }: OneImage) -> Result<ImageView, Fault> {
        let attempted = format!("verify image {image}");
        let (name, phrase) = (image.clone(), attempted.clone());
        let before = self.look(&attempted, move |tx| named(tx, &phrase, &name)).await?;
        let broken = file::problem(&self.site.images_dir, &before.sha256).await;
        let (at, phrase) = (self.now(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            if named(tx, &phrase, &image)?.sha256 != before.sha256 {
                return Err(conflict(
                    phrase,
                    "the image was replaced while its file was read",
                    "Verify it again.",
                )
                .into());
            }
            image_mark(tx, &image, at, broken.as_deref())?;
            Ok(view(named(tx, &phrase, &image)?))
        })
        .await
    }
}

fn named(tx: &Connection, attempted: &str, name: &Name) -> Result<ImageRow, Refusal> {
    Ok(image_named(tx, name)?.ok_or_else(|| not_found(attempted, "image", name))?)
}
