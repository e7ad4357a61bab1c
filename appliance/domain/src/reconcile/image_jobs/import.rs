//! Taking in an image from a file on the Control Center. Attacker's input: every byte of the file; the repository bounds
//! and checks it.

use std::fs::File;

use rackwright_catalog::actions::image::ImageImportInput;
use rackwright_images::Watch;
use rackwright_images::repository::{Bounds, Repository};

use super::{Made, Outcome, sentence};
use crate::Site;

pub(super) fn make(site: &Site, input: &str, watch: Watch<'_>) -> Outcome {
    let input: ImageImportInput = super::order(input)?;
    let unreadable = |error| format!("{} cannot be read: {error}.", input.path);
    let file = File::open(&input.path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let repository = Repository::open(&site.images_dir).map_err(|error| sentence(&error))?;
    let imported =
        repository.import(&input.name, file, length, input.sha256.as_deref(), Bounds::default(), watch);
    imported.map(|manifest| Made::Image(Box::new(manifest))).map_err(|error| sentence(&error))
}
