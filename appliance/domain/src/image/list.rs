//! Listing images.

use rackwright_catalog::actions::image::{ImageList, ImageView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::image::image_list;

use super::view;
use crate::{Caller, Domain};

impl Handle<ImageList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<ImageView>, Fault> {
        let rows = self.look("list images", |tx| Ok(image_list(tx)?)).await?;
        Ok(Page::whole(rows.into_iter().map(view).collect()))
    }
}
