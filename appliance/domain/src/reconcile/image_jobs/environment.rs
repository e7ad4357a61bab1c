//! Building the provisioning environment of one kernel flavour.

use rackwright_catalog::actions::environment::EnvironmentBuildInput;
use rackwright_images::Watch;
use rackwright_images::provision::build_environment;

use super::build::flavour;
use super::{Made, Outcome, sentence};
use crate::Site;

pub(super) fn make(site: &Site, input: &str, watch: Watch<'_>) -> Outcome {
    let input: EnvironmentBuildInput = super::order(input)?;
    let sources = site.apt_sources.as_deref();
    let built = build_environment(flavour(input.kernel), sources, &site.work_dir, &site.boot_dir, watch);
    let environment = built.map_err(|error| sentence(&error))?;
    let ram_disk_mib = environment.ram_disk_bytes >> 20;
    Ok(Made::Environment(format!(
        "kernel {} and a RAM disk of {ram_disk_mib} MiB are ready to netboot",
        environment.kernel
    )))
}
