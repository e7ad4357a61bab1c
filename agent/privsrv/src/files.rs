//! The files of a private server: a shared template below, what it wrote above, and a limit on that (white paper, 5.4).

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, lchown};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use rackwright_model::private_server::Size;

use crate::idmap;
use crate::places::Places;
use crate::project;
use crate::tool::ToolError;
use crate::trees;
use rackwright_model::private_server::Number;

/// Files of a MiB: a mail directory has some hundred.
const FILES_PER_MIB: u64 = 512;

/// The files could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("{attempted} {path}")]
    At { attempted: &'static str, path: String, source: io::Error },
    #[error("there is no template {0} on this server")]
    NoTemplate(String),
    #[error(
        "{used_mib} MiB of its disk are in use, which do not fit into {mib} MiB; give it more by resizing it again, or remove \
         files"
    )]
    Full { used_mib: u64, mib: u32 },
    #[error(transparent)]
    Tool(#[from] ToolError),
}

fn at(attempted: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FilesError {
    let path = path.display().to_string();
    move |source| FilesError::At { attempted, path, source }
}

/// Makes the directories of a private server and limits what they hold. Run again, it changes only the limit, and that not below
/// what they hold already: [`fit`] says so.
///
/// # Errors
/// [`FilesError`]
pub fn make(places: &Places, number: Number, size: &Size) -> Result<(), FilesError> {
    let own = places.own(number);
    directory(&own, 0o700)?;
    project::join(&own, number.project()).map_err(at("setting the project of", &own))?;
    for path in [places.upper(number), places.work(number)] {
        // They take the project from the directory around them.
        directory(&path, 0o755)?;
    }
    let upper = places.upper(number);
    lchown(&upper, Some(number.root()), Some(number.root())).map_err(at("giving away", &upper))?;
    match fit(places, number, size) {
        Err(FilesError::Full { .. }) => keep_bound(places, number),
        other => other,
    }
}

/// Leaves the limit as it was, or lets no more be taken where there was none.
fn keep_bound(places: &Places, number: Number) -> Result<(), FilesError> {
    let (used_mib, limit_kib) = taken(places, number.project())?;
    if limit_kib > 0 {
        return Ok(());
    }
    bound(places, number.project(), used_mib, used_mib * FILES_PER_MIB)
}

/// What a project takes, in MiB begun, and its limit in KiB, 0 for none.
pub(crate) fn taken(places: &Places, project: u32) -> Result<(u64, u64), FilesError> {
    let taken = project::taken(&places.data, project);
    let (bytes, limit_kib) = taken.map_err(at("asking what a project takes at", &places.data))?;
    Ok((bytes.div_ceil(1 << 20), limit_kib))
}

/// Whether a private server takes no more than it may.
///
/// # Errors
/// [`FilesError`]
pub fn fits(places: &Places, number: Number, size: &Size) -> Result<bool, FilesError> {
    let (used_mib, _) = taken(places, number.project())?;
    Ok(used_mib <= u64::from(size.disk_mib))
}

/// Limits the disk of a private server, while it runs or not.
///
/// # Errors
/// [`FilesError`]
pub fn limit(places: &Places, number: Number, size: &Size) -> Result<(), FilesError> {
    let mib = u64::from(size.disk_mib);
    bound(places, number.project(), mib, mib * FILES_PER_MIB)
}

/// Limits what a project takes: MiB, and the number of its files, 0 for any.
///
/// # Errors
/// [`FilesError`]
pub(crate) fn bound(places: &Places, project: u32, mib: u64, files: u64) -> Result<(), FilesError> {
    project::limit(&places.data, project, mib * 1024, files)
        .map_err(at("limiting a project at", &places.data))
}

/// Limits it when that is not less than what it takes already: nothing could be written then.
///
/// # Errors
/// [`FilesError`]; [`FilesError::Full`] leaves the limit as it was.
pub fn fit(places: &Places, number: Number, size: &Size) -> Result<(), FilesError> {
    let (used_mib, _) = taken(places, number.project())?;
    if used_mib > u64::from(size.disk_mib) {
        return Err(FilesError::Full { used_mib, mib: size.disk_mib });
    }
    limit(places, number, size)
}

/// Where a private server writes: over its template, and beside that for overlayfs.
#[derive(Debug)]
pub struct Above {
    pub upper: PathBuf,
    pub work: PathBuf,
}

/// Makes its users and its network namespace, and holds them, beside its bundle.
///
/// # Errors
/// [`FilesError`]; none may be held then, or one of them.
pub fn hold(places: &Places, number: Number) -> Result<(), FilesError> {
    let bundle = places.bundle(number);
    directory(&bundle, 0o755)?;
    directory(&places.empty(number), 0o555)?;
    idmap::hold(number, &places.users(number), &places.network(number))
        .map_err(at("holding its users and its network in", &bundle))
}

/// Mounts the root file system of a private server, whose users are held.
///
/// # Errors
/// [`FilesError`]; nothing is mounted then.
pub fn mount_root(places: &Places, number: Number, template: &str, above: &Above) -> Result<(), FilesError> {
    let lower = places.template(template);
    if !lower.is_dir() {
        return Err(FilesError::NoTemplate(template.to_owned()));
    }
    let mounted = mount_layers(places, number, &lower, above);
    if mounted.is_err() {
        // The first failure is the one to tell.
        drop(unmount(&places.base(number)));
    }
    mounted
}

fn mount_layers(places: &Places, number: Number, lower: &Path, above: &Above) -> Result<(), FilesError> {
    let (base, root, users) = (places.base(number), places.root(number), places.users(number));
    for path in [&base, &root] {
        directory(path, 0o755)?;
    }
    idmap::mount_read_only(lower, &base, &users).map_err(at("showing with other owners", lower))?;
    let options = format!(
        "lowerdir={},upperdir={},workdir={},xino=off",
        base.display(),
        above.upper.display(),
        above.work.display()
    );
    mount(Some("overlay"), &root, Some("overlay"), MsFlags::MS_NODEV, Some(options.as_str()))
        .map_err(|error| at("mounting", &root)(error.into()))?;
    // What lies below is held by what lies over it. Every mount of the server is one of each of its services, and a unit of its
    // systemd.
    unmount(&base)?;
    fs::remove_dir(&base).map_err(at("removing", &base))
}

/// Lets go of what only its start needed: its users, which its processes hold now, and what crun was told, of which it has a copy.
///
/// # Errors
/// [`FilesError`]
pub fn let_go(places: &Places, number: Number) -> Result<(), FilesError> {
    unmount(&places.users(number))?;
    for path in [places.users(number), places.config(number), places.log(number)] {
        fs::remove_file(&path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(at("removing", &path)(error)),
        })?;
    }
    Ok(())
}

/// Unmounts the root file system, if it is mounted, and lets go of what else is held beside it.
///
/// # Errors
/// [`FilesError`]
pub fn unmount_root(places: &Places, number: Number) -> Result<(), FilesError> {
    for path in [places.root(number), places.base(number), places.network(number), places.users(number)] {
        unmount(&path)?;
    }
    Ok(trees::remove(&places.bundle(number))?)
}

/// Unmounts whatever is mounted there.
pub(crate) fn unmount(path: &Path) -> Result<(), FilesError> {
    // One mount may lie on another after a crash.
    loop {
        match umount2(path, MntFlags::MNT_DETACH) {
            Ok(()) => {}
            // Nothing is mounted there, or nothing is there.
            Err(nix::Error::EINVAL | nix::Error::ENOENT) => return Ok(()),
            Err(error) => return Err(at("unmounting", path)(error.into())),
        }
    }
}

/// Removes what a private server wrote, its snapshots, and the limits on both.
///
/// # Errors
/// [`FilesError`]
pub fn remove(places: &Places, number: Number) -> Result<(), FilesError> {
    discard(places, number)?;
    trees::remove(&places.snapshots(number))?;
    bound(places, number.project(), 0, 0)?;
    bound(places, number.snapshots(), 0, 0)
}

/// Discards what a private server wrote.
///
/// # Errors
/// [`FilesError`]
pub fn discard(places: &Places, number: Number) -> Result<(), FilesError> {
    Ok(trees::remove(&places.own(number))?)
}

fn directory(path: &Path, mode: u32) -> Result<(), FilesError> {
    fs::DirBuilder::new().recursive(true).mode(mode).create(path).map_err(at("making", path))
}
