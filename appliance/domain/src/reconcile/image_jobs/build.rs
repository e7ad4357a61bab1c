//! Building an image from the packages of a distribution.

use rackwright_catalog::actions::image::{ImageBuildInput, Kernel, Recipe};
use rackwright_images::builder::{ImageSpec, Service, build_image};
use rackwright_images::{Flavour, Watch};

use super::{Made, Outcome, sentence};
use crate::Site;

pub(super) fn make(site: &Site, input: &str, watch: Watch<'_>) -> Outcome {
    let input: ImageBuildInput = super::order(input)?;
    let spec = ImageSpec { sources: site.apt_sources.clone(), ..spec(input) };
    let built = build_image(&spec, &site.work_dir, &site.images_dir, watch);
    built.map(|manifest| Made::Image(Box::new(manifest))).map_err(|error| sentence(&error))
}

fn spec(input: ImageBuildInput) -> ImageSpec {
    let base = match input.recipe {
        Recipe::Debian12 => ImageSpec::debian_12(input.name, flavour(input.kernel)),
        Recipe::Debian12Private => ImageSpec::debian_12_private(input.name, Service::Plain),
        Recipe::Debian12Web => ImageSpec::debian_12_private(input.name, Service::Web),
    };
    ImageSpec { packages: input.packages, ..base }
}

/// The kernel in the words of the images.
pub(super) fn flavour(kernel: Kernel) -> Flavour {
    match kernel {
        Kernel::Generic => Flavour::Generic,
        Kernel::Cloud => Flavour::Cloud,
    }
}
