//! Backing a private server up, restoring all of it, and restoring it beside as a test.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use rackwright_model::private_server::Template;
use rackwright_privsrv::vault::{self, Mapped, Source, View};
use rackwright_proto::vault::{Access, VaultDone, VaultStep};

use super::access::Open;
use super::restic::Restic;
use super::work::{Work, exchange};
use crate::session::explain;

/// Everything as it is seen inside, and what is its own over its template.
pub const FILES: &str = "files";
const OWN: &str = "own";

/// Its way to the backups, for the time of one task.
pub fn open(work: &Work<'_>, access: &Access) -> Result<Open, String> {
    Open::new(work.hands.places().run.join(format!("vault-{}", work.number.tag())), access)
}

/// A backup of how it is now.
pub fn back_up(work: &Work<'_>, access: &Access) -> Result<VaultDone, String> {
    let stands = work.bounded()?;
    let open = open(work, access)?;
    let restic = Restic { open: &open, cancel: work.cancel };
    restic.lay_out()?;
    (work.busy)(VaultStep::Keeping, None);
    let view = View::of(work.hands.places(), work.number, &stands.template).map_err(|why| explain(&why))?;
    (work.busy)(VaultStep::Sending, Some(0));
    let mut progress = |permille| (work.busy)(VaultStep::Sending, Some(permille));
    let done = restic.backup(view.path(), &[FILES, OWN], &mut progress)?;
    Ok(VaultDone { template: stands.template, ..done })
}

/// The files of a backup take the place of its own, which become a snapshot.
pub fn restore(
    work: &Work<'_>,
    access: &Access,
    backup: &str,
    kept: u64,
    template: &Template,
) -> Result<VaultDone, String> {
    let places = work.hands.places();
    work.hands.stands(work.number)?;
    (work.busy)(VaultStep::Fetching, None);
    work.hands.template(work.templates, template)?;
    let open = open(work, access)?;
    let restic = Restic { open: &open, cancel: work.cancel };
    (work.busy)(VaultStep::Stopping, None);
    let still = work.hands.still(work.number, &|| work.cancel.is_cancelled())?;
    let size = work.hands.stands(work.number)?.size;
    let filling = places.own(work.number).join("filling");
    let mut fill = |fresh: &Path| {
        let filled = fetch(work, &restic, backup, &filling, false).and_then(|own| {
            fs::remove_dir(fresh)
                .and_then(|()| fs::rename(own, fresh))
                .map_err(|why| format!("cannot name {}: {why}", fresh.display()))
        });
        let swept = vault::sweep(&filling).map_err(|why| explain(&why));
        filled.and(swept)
    };
    let mib = exchange(work, kept, || {
        (work.busy)(VaultStep::Fetching, None);
        let (version, fill) = (&template.sha256, Source::Fill(&mut fill));
        vault::put_in_place(places, work.number, &size, work.task, version, fill)?;
        work.hands.lies_over(work.number, version)
    })?;
    drop(still);
    Ok(VaultDone { template: template.sha256.clone(), mib, ..VaultDone::default() })
}

/// All of a backup is restored beside it, read and counted, and removed again.
pub fn test(work: &Work<'_>, access: &Access, backup: &str) -> Result<VaultDone, String> {
    let places = work.hands.places();
    work.bounded()?;
    let open = open(work, access)?;
    let restic = Restic { open: &open, cancel: work.cancel };
    (work.busy)(VaultStep::Checking, None);
    let beside = vault::room(places, work.number).map_err(|why| explain(&why))?;
    let restored = fetch(work, &restic, backup, &beside, true);
    let counted = restored.and_then(|own| vault::count(&own).map_err(|why| explain(&why)));
    let swept = vault::sweep(&beside).map_err(|why| explain(&why));
    let counted = counted?;
    swept?;
    Ok(VaultDone { files: counted.files, bytes: counted.bytes, ..VaultDone::default() })
}

/// Its own files of a backup in a directory below `to`, with the owners that they have on this server.
fn fetch(
    work: &Work<'_>,
    restic: &Restic<'_>,
    backup: &str,
    to: &Path,
    verify: bool,
) -> Result<PathBuf, String> {
    vault::sweep(to).map_err(|why| explain(&why))?;
    // Root inside has it, or it could not be written as root inside.
    let root = Some(work.number.root());
    let made = fs::create_dir(to).and_then(|()| chown(to, root, root));
    made.map_err(|why| format!("cannot make {}: {why}", to.display()))?;
    let shown = work.hands.places().views(work.number).join("place");
    let mapped = Mapped::inward(to, &shown, work.number, true).map_err(|why| explain(&why))?;
    restic.restore(backup, &[format!("/{OWN}")], &shown, verify)?;
    drop(mapped);
    let own = to.join(OWN);
    // A link of that name would lead to files of the server.
    if own.symlink_metadata().is_ok_and(|about| about.is_dir()) {
        Ok(own)
    } else {
        Err("there is nothing of it in the backup".to_owned())
    }
}
