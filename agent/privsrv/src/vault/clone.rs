//! The first files of a private server are those of another one: owned by its own users, and known to nobody yet.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rackwright_model::private_server::{Number, Wanted};

use super::copy::copy;
use super::{Frozen, Mapped, VaultError, at, sync};
use crate::places::Places;
use crate::told;

/// The first one stands still at most so long.
const STANDS: Duration = Duration::from_secs(120);
/// Files that say who a system is; each makes its own at its next start. Templates hold none of them.
const IDENTITY: [&str; 2] = ["var/lib/dbus/machine-id", "var/lib/systemd/random-seed"];
/// Fills the empty `upper` of `wanted` with the files of `from`.
///
/// # Errors
/// [`VaultError`]
pub fn clone(places: &Places, from: Number, wanted: &Wanted) -> Result<(), VaultError> {
    let (theirs, own) = (places.upper(from), places.upper(wanted.number));
    let views = places.views(wanted.number);
    let (shown, filled) = (views.join("from"), views.join("to"));
    {
        // Both show owners as root inside sees them, so that what one has the other gets, in lists of access too.
        let _shown = Mapped::inward(&theirs, &shown, from, false)?;
        let _filled = Mapped::inward(&own, &filled, wanted.number, true)?;
        sync(&theirs)?;
        let frozen = Frozen::of(from)?;
        copy(&shown, &filled, STANDS)?;
        drop(frozen);
    }
    identity(&own, wanted)
}

/// Nobody inside runs yet, but whoever wrote these files may have put links anywhere: none is followed.
fn identity(upper: &Path, wanted: &Wanted) -> Result<(), VaultError> {
    let named = |why: io::Error| at("writing the identity of the clone in", upper)(why);
    let owner = wanted.number.root();
    let name = wanted.name.to_string();
    told::replace(upper, "hostname", &format!("{name}\n"), owner).map_err(named)?;
    told::replace(upper, "hosts", &crate::making::hosts(&name), owner).map_err(named)?;
    told::replace(upper, "resolv.conf", &crate::making::resolv_conf(&wanted.dns), owner).map_err(named)?;
    // An empty one is filled at the next start.
    told::replace(upper, "machine-id", "", owner).map_err(named)?;
    for file in IDENTITY {
        told::remove(upper, file).map_err(named)?;
    }
    for key in host_keys(&upper.join("etc/ssh")).map_err(named)? {
        told::remove(upper, &format!("etc/ssh/{key}")).map_err(named)?;
    }
    sync(upper)
}

/// Names of SSH host keys, private and public.
fn host_keys(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::symlink_metadata(directory) {
        Ok(known) if known.is_dir() => fs::read_dir(directory)?,
        _ => return Ok(Vec::new()),
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| name.starts_with("ssh_host_")).collect())
}
