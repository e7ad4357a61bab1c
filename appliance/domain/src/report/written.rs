//! The end of an install on the machine: its disk is complete, or it gave up.

use rackwright_model::{BootRecord, BootStage, InstallEvent, InstallId, InstallPhase};
use rackwright_proto::{Failure, ToMachine};
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::install::install_set_phase;
use rackwright_store::job::{job_log, job_step};

use super::{clean, own_install};
use crate::ports::BootDevice;
use crate::reconcile::Ending;
use crate::{Domain, Refusal};

impl Domain {
    /// The disk is complete: disarm network boot, then let the machine restart. Said again after a lost session, it is
    /// answered again.
    pub(super) async fn report_written(
        &self,
        boot: &str,
        install: InstallId,
    ) -> Result<Option<ToMachine>, Refusal> {
        let (boot, at) = (boot.to_owned(), self.now());
        let moved = self
            .write(move |tx| {
                let Some((install, server)) = own_install(tx, &boot, install)? else { return Ok(None) };
                if install.phase == InstallPhase::Writing
                    && let Ok(next) = install.phase.apply(InstallEvent::Written)
                {
                    install_set_phase(tx, install.id, next, None, at)?;
                    job_step(tx, install.job, BootStage::FirstBoot.title(), 850)?;
                    job_log(
                        tx,
                        install.job,
                        at,
                        "the disk is complete; network boot is disarmed and the machine restarts",
                    )?;
                    let detail = "told to boot its disk".to_owned();
                    boot_record_put(tx, server.id, &BootRecord { stage: BootStage::FirstBoot, at, detail })?;
                }
                Ok(Some(server))
            })
            .await?;
        let Some(server) = moved else {
            // Not this boot's install, or it has ended: nothing to restart for.
            return Ok(Some(ToMachine::Wait));
        };
        self.events.server(at, &server.name, "boot", format!("{}: the disk is complete.", server.name));
        if let Ok(access) = crate::server::access(self, &server, "boot from disk") {
            let uefi = server.is_uefi();
            if let Err(error) = self.ports.bmc.boot_once(&access, BootDevice::Disk, uefi).await {
                // The boot script sends the machine to its disk all the same.
                tracing::warn!(server.name = %server.name, "the BMC did not take the boot device: {error}");
            }
        }
        self.changed.notify_waiters();
        Ok(Some(ToMachine::Restart { command: at.0.unsigned_abs() }))
    }

    pub(super) async fn report_failure(
        &self,
        boot: &str,
        install: InstallId,
        failure: Failure,
    ) -> Result<Option<ToMachine>, Refusal> {
        let boot = boot.to_owned();
        let found = self.read(move |tx| own_install(tx, &boot, install)).await?;
        if let Some((install, server)) = found {
            let touched =
                if failure.disk_touched { "The disk was changed." } else { "The disk was not touched." };
            let reason = clean(&format!("{}: {} {touched}", failure.stage.title(), failure.reason));
            let ending = Ending {
                event: InstallEvent::Fail,
                reason,
                advice: clean(&failure.advice),
                disk_touched: failure.disk_touched,
            };
            self.end_install(&install, &server, ending).await?;
        }
        Ok(Some(ToMachine::Wait))
    }
}
