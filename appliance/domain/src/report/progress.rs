//! Stations, bytes and log lines of an install, from the machine that carries it out.

use rackwright_model::{BootRecord, BootStage, InstallId};
use rackwright_proto::ToMachine;
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::job::{job_log, job_step};

use super::{clean, own_install};
use crate::{Domain, Refusal};

/// Per mille of the whole job at which the image phase begins and ends.
const IMAGE: (u64, u64) = (150, 700);

impl Domain {
    pub(super) async fn report_stage(
        &self,
        boot: &str,
        install: InstallId,
        stage: BootStage,
        detail: String,
    ) -> Result<Option<ToMachine>, Refusal> {
        let (boot, at) = (boot.to_owned(), self.now());
        let record = BootRecord { stage, at, detail: clean(&detail) };
        let said = self
            .write(move |tx| {
                let Some((install, server)) = own_install(tx, &boot, install)? else { return Ok(None) };
                boot_record_put(tx, server.id, &record)?;
                job_step(tx, install.job, stage.title(), permille(stage))?;
                job_log(tx, install.job, at, &format!("{}: {}", stage.title(), record.detail))?;
                Ok(Some((server.name, record)))
            })
            .await?;
        if let Some((name, record)) = said {
            self.events.server(
                at,
                &name,
                "boot",
                format!("{name}: {}: {}", record.stage.title(), record.detail),
            );
        }
        Ok(None)
    }

    pub(super) async fn report_progress(
        &self,
        boot: &str,
        install: InstallId,
        done: u64,
        total: u64,
    ) -> Result<Option<ToMachine>, Refusal> {
        let (boot, at) = (boot.to_owned(), self.now());
        let fraction = done.min(total).saturating_mul(IMAGE.1 - IMAGE.0) / total.max(1);
        let permille = u32::try_from(IMAGE.0 + fraction).unwrap_or(0);
        let step = format!("Image: {} of {} MiB", done >> 20, total >> 20);
        let text = step.clone();
        let said = self
            .write(move |tx| {
                let Some((install, server)) = own_install(tx, &boot, install)? else { return Ok(None) };
                job_step(tx, install.job, &step, permille)?;
                Ok(Some(server.name))
            })
            .await?;
        if let Some(name) = said {
            self.events.server(at, &name, "job", format!("{name}: {text}"));
        }
        Ok(None)
    }

    pub(super) async fn report_log(
        &self,
        boot: &str,
        install: InstallId,
        line: String,
    ) -> Result<Option<ToMachine>, Refusal> {
        let (boot, at) = (boot.to_owned(), self.now());
        self.write(move |tx| {
            if let Some((install, _)) = own_install(tx, &boot, install)? {
                job_log(tx, install.job, at, &clean(&line))?;
            }
            Ok(())
        })
        .await?;
        Ok(None)
    }
}

/// How far the whole job is when a stage is passed.
fn permille(stage: BootStage) -> u32 {
    match stage {
        BootStage::Disk => 150,
        BootStage::Image => 700,
        BootStage::Configure => 750,
        BootStage::Bootloader => 800,
        BootStage::FirstBoot => 850,
        BootStage::Enrol => 950,
        BootStage::Agent => 1_000,
        BootStage::Power
        | BootStage::DhcpOffer
        | BootStage::DhcpAck
        | BootStage::BootProgram
        | BootStage::Script
        | BootStage::Kernel
        | BootStage::RamDisk
        | BootStage::Environment
        | BootStage::Inventory => 100,
    }
}
