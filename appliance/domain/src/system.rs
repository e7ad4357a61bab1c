//! The health of the Control Center.

mod warnings;

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::system::{SystemStatus, SystemView};
use rackwright_catalog::{Fault, FaultCode, Handle};

use crate::{Caller, Domain};

impl Handle<SystemStatus, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<SystemView, Fault> {
        let room = room(self.data_dir()).await?;
        let warnings = self
            .warnings()
            .await
            .map_err(|refusal| refusal.fault("show the status of the Control Center"))?;
        Ok(SystemView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            now: self.now(),
            storage_problem: self.storage_problem(),
            data_bytes: room.bytes,
            data_free_bytes: room.free_bytes,
            agents_connected: self.presence.agents(),
            warnings,
            counters: self.ports.counters.snapshot().into_iter().collect(),
        })
    }
}

impl Domain {
    /// The folder above the images: the database is there too.
    fn data_dir(&self) -> PathBuf {
        let images = &self.site.images_dir;
        images.parent().unwrap_or(images).to_owned()
    }
}

/// Room of a file system, in bytes.
struct Room {
    bytes: u64,
    free_bytes: u64,
}

async fn room(dir: PathBuf) -> Result<Room, Fault> {
    let shown = dir.display().to_string();
    let unknown = |why: String| {
        Fault::new(
            FaultCode::Unavailable,
            "show the status of the Control Center",
            format!("the data directory {shown} cannot be looked at: {why}"),
            "Check that the data disk is mounted and readable.",
        )
    };
    let looked = tokio::task::spawn_blocking(move || look(&dir)).await;
    looked.map_err(|error| unknown(error.to_string()))?.map_err(|error| unknown(error.desc().to_owned()))
}

fn look(dir: &Path) -> nix::Result<Room> {
    let stat = statvfs(dir)?;
    let block = stat.fragment_size();
    Ok(Room {
        bytes: block.saturating_mul(stat.blocks()),
        // What an ordinary process may use: the reserve for root is not room.
        free_bytes: block.saturating_mul(stat.blocks_available()),
    })
}
