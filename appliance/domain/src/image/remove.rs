//! Removing an image and its file.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::image::{ImageRemove, ImageRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_store::Connection;
use rackwright_store::image::{image_delete, image_named};
use rackwright_store::install::install_active;
use rackwright_store::private_server::{private_server_awaiting, private_server_begun_with};
use rackwright_store::profile::profile_of_image;

use crate::private_server::standing::listed;
use crate::refusal::{confirmed, conflict, not_found};
use crate::{Caller, Domain, Refusal};

impl Handle<ImageRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        ImageRemoveInput { image, confirm }: ImageRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove image {image}");
        let (name, phrase) = (image.clone(), attempted.clone());
        let begun =
            self.change(caller, &attempted, move |tx| remove(tx, &phrase, &name, confirm.as_ref())).await?;
        // The record is gone for good; a file that must stay for now is swept later.
        self.release_image(&image).await;
        Ok(Done::new(if begun.is_empty() {
            format!("Image {image} is removed.")
        } else {
            format!(
                "Image {image} is removed. Private servers that began with it run on: {}.",
                listed(&begun)
            )
        }))
    }
}

/// The private servers that began with it.
fn remove(
    tx: &Connection,
    attempted: &str,
    name: &Name,
    confirm: Option<&Name>,
) -> Result<Vec<Name>, Refusal> {
    image_named(tx, name)?.ok_or_else(|| not_found(attempted, "image", name))?;
    let profiles: Vec<String> = profile_of_image(tx, name)?.iter().map(Name::to_string).collect();
    if !profiles.is_empty() {
        let reason = format!("it is installed by the profiles {}", profiles.join(", "));
        return Err(conflict(attempted, reason, "Remove those profiles first.").into());
    }
    if let Some(install) = install_active(tx)?.iter().find(|install| install.image == *name) {
        let reason = format!("job {} is installing it", install.job);
        return Err(conflict(attempted, reason, "Wait for the install, or cancel it.").into());
    }
    let waiting = private_server_awaiting(tx, name)?;
    if !waiting.is_empty() {
        let reason = format!("private servers are being made from it: {}", listed(&waiting));
        return Err(conflict(attempted, reason, "Wait until they are made, or remove them.").into());
    }
    let begun = private_server_begun_with(tx, name)?;
    let loss = if begun.is_empty() {
        "its file is deleted".to_owned()
    } else {
        format!("these private servers run on, but cannot be rebuilt from it any more: {}", listed(&begun))
    };
    confirmed(attempted, loss, "confirm", name, confirm)?;
    image_delete(tx, name)?;
    Ok(begun)
}
