//! `environment list`: what lies in the directory of boot files.

use std::path::Path;
use std::time::UNIX_EPOCH;

use rackwright_catalog::actions::environment::{EnvironmentList, EnvironmentView};
use rackwright_catalog::actions::image::Kernel;
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Millis;

use crate::{Caller, Domain};

impl Handle<EnvironmentList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<EnvironmentView>, Fault> {
        let site = &self.site;
        let found = |kernel: Kernel| {
            view(&site.boot_dir.join(kernel.word()), kernel, kernel.word() == site.boot_flavour)
        };
        Ok(Page::whole(Kernel::ALL.into_iter().filter_map(found).collect()))
    }
}

/// The environment in a folder; none when it is not complete.
fn view(folder: &Path, kernel: Kernel, served: bool) -> Option<EnvironmentView> {
    let files = ["vmlinuz", "provision.cpio.zst"].map(|name| std::fs::metadata(folder.join(name)).ok());
    let [Some(linux), Some(disk)] = files else { return None };
    let age = disk.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(EnvironmentView {
        kernel,
        served,
        bytes: linux.len() + disk.len(),
        built_at: Millis(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
    })
}
