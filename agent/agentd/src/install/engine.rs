//! The order of the steps, and what happens when one fails.

use std::fs;
use std::time::{Duration, Instant};

use rackwright_model::{BootStage, MacAddr};
use rackwright_proto::order::ImageSource;
use rackwright_proto::{Failure, Order};

use super::fault::Fault;
use super::image::{self, FetchError, ImageError, Lists, Source, Watch};
use super::site::{Places, Report, Site, Volumes};
use super::{agent, bootloader, check, configure, format, mount, partition, wipe};
use crate::command::{Cancel, System};
use crate::inventory::Kernel;
use crate::session::explain;

/// Without one byte of the image for so long the install fails.
const PATIENCE: Duration = Duration::from_secs(600);

/// Carries out orders. A fake one stands in for it in the tests of the conversation.
pub trait Installer: Send + Sync + 'static {
    /// Installs; `mac` is the interface that leads to the Control Center.
    ///
    /// # Errors
    /// [`Failure`] when the machine is not the server that the order describes.
    fn install(
        &self,
        order: &Order,
        mac: MacAddr,
        report: &dyn Report,
        cancel: &Cancel,
    ) -> Result<(), Failure>;
}

/// The real installer.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    pub places: Places,
}

impl Installer for Engine {
    fn install(
        &self,
        order: &Order,
        mac: MacAddr,
        report: &dyn Report,
        cancel: &Cancel,
    ) -> Result<(), Failure> {
        let kernel = Kernel { sys: self.places.sys.clone(), proc: self.places.proc.clone() };
        let runner = System { cancel: cancel.clone() };
        let site = Site {
            order,
            firmware: kernel.firmware(),
            mac,
            places: &self.places,
            volumes: volumes(&self.places),
            runner: &runner,
            report,
            cancel,
        };
        carry_out(&site)
    }
}

/// All steps. What failed after the disk was touched is taken apart and wiped.
pub(super) fn carry_out(site: &Site<'_>) -> Result<(), Failure> {
    let fail = |stage, fault: Fault, disk_touched| Failure {
        stage,
        reason: fault.reason,
        advice: fault.advice,
        disk_touched,
    };
    check::check(site).map_err(|fault| fail(BootStage::Disk, fault, false))?;
    steps(site).map_err(|(stage, mut fault)| {
        if let Err(why) = clear(site) {
            fault.reason += &format!(" (and the disk could not be wiped afterwards: {why})");
        }
        fail(stage, fault, true)
    })
}

fn steps(site: &Site<'_>) -> Result<(), (BootStage, Fault)> {
    let mut started = Instant::now();
    let mut pass = |stage: BootStage, detail: String| {
        let took = started.elapsed();
        started = Instant::now();
        site.report.stage(stage, format!("{detail} ({:.1} s)", took.as_secs_f32()));
    };
    step(site, BootStage::Disk, || {
        partition::partition(site)?;
        format::format(site)?;
        mount::root(site)
    })?;
    pass(BootStage::Disk, format!("{} partitioned and formatted", site.order.disk));
    let files = step(site, BootStage::Image, || image(site))?;
    let ImageSource { bytes, sha256, .. } = &site.order.image;
    pass(BootStage::Image, format!("{files} files from {bytes} bytes, SHA-256 {sha256} as ordered"));
    step(site, BootStage::Configure, || {
        mount::esp(site)?;
        if configure::runs_programs(site) || !bootloader::is_prepared(site) {
            mount::inside(site)?;
        }
        configure::configure(site)?;
        agent::install(site)
    })?;
    pass(BootStage::Configure, format!("configured as {}", site.order.host_name));
    step(site, BootStage::Bootloader, || {
        let detail = bootloader::install(site)?;
        mount::unmount(site)?;
        nix::unistd::sync();
        Ok(detail)
    })
    .map(|detail| pass(BootStage::Bootloader, detail))
}

/// One step, unless the install was cancelled.
fn step<T>(
    site: &Site<'_>,
    stage: BootStage,
    work: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, (BootStage, Fault)> {
    let cancelled =
        || Fault::new("the install was cancelled", "Order the install again when the server is wanted.");
    if site.cancel.is_cancelled() {
        return Err((stage, cancelled()));
    }
    work().map_err(|fault| (stage, if site.cancel.is_cancelled() { cancelled() } else { fault }))
}

fn image(site: &Site<'_>) -> Result<u64, Fault> {
    let ImageSource { url, sha256, bytes, .. } = &site.order.image;
    let source = Source::new(url, *bytes, PATIENCE).map_err(|why| image_fault(site, &why.into()))?;
    let mut watch = Relay { report: site.report, total: *bytes };
    image::stream(&source, sha256, &site.places.target, Lists::Kept, site.cancel, &mut watch)
        .map_err(|why| image_fault(site, &why))
}

struct Relay<'a> {
    report: &'a dyn Report,
    total: u64,
}

impl Watch for Relay<'_> {
    fn progress(&mut self, done: u64) {
        self.report.progress(done, self.total);
    }

    fn note(&mut self, line: &str) {
        self.report.log(line);
    }
}

fn image_fault(site: &Site<'_>, why: &ImageError) -> Fault {
    let advice = match why {
        ImageError::Hash { .. } => {
            "The image changed after it was registered, or on its way. Verify it in the Control Center, \
             build or upload it again if that fails, then order the install again."
                .to_owned()
        }
        ImageError::Fetch(FetchError::GaveUp { .. }) => {
            "Check that the machine reaches the Control Center's TCP port 80, then order the install again."
                .to_owned()
        }
        ImageError::Fetch(_) => {
            "Verify the image in the Control Center, then order the install again.".to_owned()
        }
        ImageError::Unpack(io) if io.kind() == std::io::ErrorKind::StorageFull => {
            format!("Raise root_mib in the profile above {}.", site.order.profile.disk.root_mib)
        }
        ImageError::Unpack(_) | ImageError::Decompress(_) => {
            "Check that the image is a zstd-compressed tar of a root file system, and the disk's health."
                .to_owned()
        }
        ImageError::Thread(_) => "Order the install again.".to_owned(),
    };
    Fault::new(explain(why), advice)
}

/// Unmounts and wipes. Programs run with a fresh cancel flag, because the install may have been cancelled.
fn clear(site: &Site<'_>) -> Result<(), String> {
    let fresh = System::default();
    let site = Site {
        runner: if site.cancel.is_cancelled() { &fresh } else { site.runner },
        volumes: site.volumes.clone(),
        ..*site
    };
    let unmounted = mount::unmount(&site).map_err(|fault| fault.reason);
    let wiped = wipe::wipe(&site).map_err(|why| why.to_string());
    unmounted.and(wiped)
}

fn volumes(places: &Places) -> Volumes {
    let uuid = || {
        let text = fs::read_to_string(places.proc.join("sys/kernel/random/uuid")).unwrap_or_default();
        text.trim().to_owned()
    };
    Volumes {
        root_uuid: uuid(),
        data_uuid: uuid(),
        esp_serial: uuid().chars().take(8).collect(),
        machine_id: uuid().replace('-', ""),
    }
}
