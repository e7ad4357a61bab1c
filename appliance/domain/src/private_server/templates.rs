//! `private-server templates`.

use std::collections::HashMap;

use rackwright_catalog::actions::private_server::{PrivateServerTemplates, TemplateView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::profile::ImagePurpose;
use rackwright_store::image::image_list;
use rackwright_store::private_server::private_server_templates;

use crate::{Caller, Domain};

impl Handle<PrivateServerTemplates, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Page<TemplateView>, Fault> {
        let scope = caller.scope();
        let (images, used) = self
            .look("list templates", move |tx| Ok((image_list(tx)?, private_server_templates(tx, &scope)?)))
            .await?;
        let used: HashMap<String, u32> = used.into_iter().collect();
        let usable = images
            .into_iter()
            .filter(|image| image.purpose == ImagePurpose::PrivateServer && image.broken.is_none());
        let view = usable.map(|image| TemplateView {
            used: used.get(&image.sha256).copied().unwrap_or_default(),
            name: image.name,
            os: image.os,
            sha256: image.sha256,
            unpacked_bytes: image.unpacked_bytes,
            added_at: image.added_at,
        });
        Ok(Page::whole(view.collect()))
    }
}
