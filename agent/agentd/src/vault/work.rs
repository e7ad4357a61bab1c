//! One task, from its order to what came of it.

use rackwright_model::private_server::Number;
use rackwright_privsrv::keeper::{Hands, Stands, Templates};
use rackwright_privsrv::vault::{self, Source};
use rackwright_proto::vault::{VaultDone, VaultOrder, VaultStep};

use super::{backup, place};
use crate::command::Cancel;
use crate::session::explain;

/// What a task needs.
pub struct Work<'a> {
    pub hands: &'a Hands,
    pub templates: &'a dyn Templates,
    pub task: u64,
    pub number: Number,
    pub cancel: &'a Cancel,
    /// Hears what it does now, and per mille of it.
    pub busy: &'a dyn Fn(VaultStep, Option<u32>),
}

impl Work<'_> {
    /// What the private server stands on now; what is put beside it takes no more than its disk.
    pub fn bounded(&self) -> Result<Stands, String> {
        let stands = self.hands.stands(self.number)?;
        vault::bound(self.hands.places(), self.number, stands.size.disk_mib).map_err(|why| explain(&why))?;
        Ok(stands)
    }
}

/// Carries an order out.
///
/// # Errors
/// A sentence; the private server is as it was.
pub fn carry_out(work: &Work<'_>, order: &VaultOrder) -> Result<VaultDone, String> {
    match order {
        VaultOrder::Snapshot { snapshot } => keep(work, *snapshot),
        VaultOrder::Discard { snapshot } => {
            vault::discard(work.hands.places(), work.number, *snapshot).map_err(|why| explain(&why))?;
            Ok(VaultDone::default())
        }
        VaultOrder::Restore { snapshot, keep } => or_forgo(work, *keep, restore(work, *snapshot, *keep)),
        VaultOrder::Backup { access } => backup::back_up(work, access),
        VaultOrder::RestoreBackup { access, backup, keep, template } => {
            or_forgo(work, *keep, backup::restore(work, access, backup, *keep, template))
        }
        VaultOrder::RestoreFiles { access, backup, paths, into } => {
            place::restore(work, access, backup, paths, into.as_deref())
        }
        VaultOrder::Test { access, backup } => backup::test(work, access, backup),
        VaultOrder::End => Ok(VaultDone::default()),
    }
}

/// Its files as they are now become this snapshot.
fn keep(work: &Work<'_>, snapshot: u64) -> Result<VaultDone, String> {
    (work.busy)(VaultStep::Keeping, None);
    let template = work.bounded()?.template;
    let made =
        vault::make(work.hands.places(), work.number, snapshot, &template).map_err(|why| explain(&why))?;
    Ok(VaultDone {
        mib: made.disk_bytes.div_ceil(1 << 20),
        template,
        files: made.files,
        bytes: made.bytes,
        ..VaultDone::default()
    })
}

/// Has `place` put other files in place of one that stands still; its own become the snapshot `kept`. Its MiB.
pub fn exchange(
    work: &Work<'_>,
    kept: u64,
    place: impl FnOnce() -> Result<(), String>,
) -> Result<u64, String> {
    let (places, number, task) = (work.hands.places(), work.number, work.task);
    (work.busy)(VaultStep::Keeping, None);
    let template = work.bounded()?.template;
    let made = vault::keep(places, number, task, kept, &template).map_err(|why| explain(&why))?;
    place()?;
    Ok(made.disk_bytes.div_ceil(1 << 20))
}

/// After a restore that failed or was cancelled the snapshot of before goes again, also one that was made before a crash:
/// nobody knows of it.
fn or_forgo(work: &Work<'_>, kept: u64, done: Result<VaultDone, String>) -> Result<VaultDone, String> {
    if done.is_err()
        && let Err(why) = vault::forgo(work.hands.places(), work.number, work.task, kept)
    {
        eprintln!(
            "snapshot {kept} of {}, which nobody knows of, stays: {}",
            work.number.tag(),
            explain(&why)
        );
    }
    done
}

fn restore(work: &Work<'_>, snapshot: u64, kept: u64) -> Result<VaultDone, String> {
    let places = work.hands.places();
    let (about, files) = vault::read(places, work.number, snapshot).map_err(|why| explain(&why))?;
    (work.busy)(VaultStep::Stopping, None);
    let still = work.hands.still(work.number, &|| work.cancel.is_cancelled())?;
    let size = work.hands.stands(work.number)?.size;
    let mib = exchange(work, kept, || {
        (work.busy)(VaultStep::Placing, None);
        vault::put_in_place(places, work.number, &size, work.task, &about.template, Source::Copy(&files))?;
        work.hands.lies_over(work.number, &about.template)
    })?;
    drop(still);
    Ok(VaultDone { template: about.template, mib, ..VaultDone::default() })
}
