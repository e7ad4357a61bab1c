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
            let files = built(&site.boot_dir.join(kernel.word()))?;
            Some(EnvironmentView {
                kernel,
                served: kernel.word() == site.boot_flavour,
                bytes: files.bytes,
                built_at: files.built_at,
            })
        };
        Ok(Page::whole(Kernel::ALL.into_iter().filter_map(found).collect()))
    }
}

/// The files of one environment.
pub(crate) struct Built {
    /// Bytes of kernel and RAM disk together.
    pub bytes: u64,
    pub built_at: Millis,
}

/// The environment in a folder; none when it is not complete.
pub(crate) fn built(folder: &Path) -> Option<Built> {
    let files = ["vmlinuz", "provision.cpio.zst"].map(|name| std::fs::metadata(folder.join(name)).ok());
    let [Some(linux), Some(disk)] = files else { return None };
    let age = disk.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Built {
        bytes: linux.len() + disk.len(),
        built_at: Millis(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
    })
}
