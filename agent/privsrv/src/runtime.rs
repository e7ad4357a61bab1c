//! Starting and stopping: crun makes the namespaces and the cgroup and steps aside; the first process inside is systemd.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rackwright_model::nas::{NasDisk, Share};
use rackwright_model::private_server::{Number, Size};
use serde::Deserialize;

use crate::bundle::{self, Bundle};
use crate::cable;
use crate::files::{self, Above, FilesError};
use crate::firewall::Cable;
use crate::limits;
use crate::mounts;
use crate::nas::claim::{self, ClaimError, Verdict};
use crate::nas::disk::{self, DiskError};
use crate::nas::mount::{self, MountError, Use};
use crate::places::Places;
use crate::scope;
use crate::shaping::Link;
use crate::tool::{self, ToolError};

/// Of one call of crun.
const LIMIT: Duration = Duration::from_secs(60);
/// Where crun keeps what it started; its own choice would go with the session of whoever called it.
pub const KEPT: &str = "/run/rackwright-crun";

/// All that is needed to run a private server.
#[derive(Debug, Clone)]
pub struct PrivateServer {
    pub cable: Cable,
    /// Addresses that the card to the outside may still answer for, from before.
    pub former: Vec<IpAddr>,
    /// Host name inside.
    pub host_name: String,
    /// Name and version of its template.
    pub template: String,
    pub size: Size,
    /// Where its disk is; none: on this server.
    pub nas: Option<NasDisk>,
    /// What it reads.
    pub shares: Vec<Share>,
}

/// The server that it runs on.
#[derive(Debug, Clone, Copy)]
pub struct Host<'a> {
    pub places: &'a Places,
    pub link: Link<'a>,
    /// Where lxcfs is mounted.
    pub lxcfs: &'a Path,
}

/// It could not be done; what was begun is undone.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error(transparent)]
    Mount(#[from] MountError),
    #[error("no further thread could be started")]
    Thread(#[from] io::Error),
    #[error("writing {path}")]
    Write { path: String, source: io::Error },
    #[error("crun said of {tag} what we do not understand: {said}")]
    Said { tag: String, said: String },
    #[error("there is no cgroup of {0}: is it running?")]
    NoCgroup(String),
    #[error("reading {path}")]
    Read { path: String, source: io::Error },
    #[error("what {tag} mounts at {at} would be mounted on the server too")]
    Shared { tag: String, at: String },
}

/// What crun says of a private server.
#[derive(Deserialize)]
struct State {
    status: String,
    pid: u32,
}

/// Whether it runs.
///
/// # Errors
/// When crun cannot be asked.
pub fn is_running(number: Number) -> Result<bool, RuntimeError> {
    Ok(state(number)?.is_some_and(|state| state.status == "running"))
}

/// The first process inside, as the server numbers it; none when it does not run.
///
/// # Errors
/// When crun cannot be asked.
pub fn first_process(number: Number) -> Result<Option<u32>, RuntimeError> {
    Ok(state(number)?.filter(|state| state.status == "running").map(|state| state.pid))
}

/// What crun keeps of a private server, as far as it is asked for.
#[derive(Deserialize)]
struct Kept {
    pid: u32,
}

fn state(number: Number) -> Result<Option<State>, RuntimeError> {
    let tag = number.tag();
    if !is_kept(number) {
        return Ok(None);
    }
    match crun(&["state", &tag]) {
        Ok(said) => match serde_json::from_str(&said) {
            Ok(state) => Ok(Some(state)),
            Err(_) => Err(RuntimeError::Said { tag, said }),
        },
        // There is no such container.
        Err(ToolError::Failed { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn crun(args: &[&str]) -> Result<String, ToolError> {
    tool::run("crun", &[&["--root", KEPT], args].concat(), LIMIT)
}

/// Makes its files and starts it. What a crash left of it is taken away first.
///
/// # Errors
/// [`RuntimeError`]; it does not run then, and nothing of it but its files is left.
pub fn start(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    if is_running(server.cable.number)? {
        return Ok(());
    }
    clear_left(host, server)?;
    let started = bring_up(host, server);
    if started.is_err() {
        // The first failure is the one to tell.
        drop(clear(host, server));
    }
    started
}

/// Takes away what is left of it. Mostly nothing is, and no program is asked: what was to answer for its addresses is noted
/// first.
fn clear_left(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let number = server.cable.number;
    let nothing = server.former.is_empty() && !is_kept(number) && !scope::is_known(number);
    if nothing && !host.places.bundle(number).exists() {
        return Ok(());
    }
    clear(host, server)
}

/// Whether crun knows of it.
fn is_kept(number: Number) -> bool {
    Path::new(KEPT).join(number.tag()).exists()
}

fn bring_up(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let number = server.cable.number;
    let above = above(host, server)?;
    for share in &server.shares {
        mount::ensure(&share.export, Use::Files)?;
    }
    files::hold(host.places, number)?;
    let held = host.places.network(number);
    both(|| plug(host, server, &held), || create(host, server, &above))?;
    apart(number)?;
    weigh(number, &server.size)?;
    spare(number)?;
    // Its address is there long before its system looks for a network.
    both(|| Ok(cable::open(&server.cable, &held)?), || Ok(crun(&["start", &number.tag()])?))?;
    Ok(files::let_go(host.places, number)?)
}

/// Does the one meanwhile, of which the other needs nothing.
fn both<A: Send, B>(
    one: impl FnOnce() -> Result<A, RuntimeError> + Send,
    other: impl FnOnce() -> Result<B, RuntimeError>,
) -> Result<(A, B), RuntimeError> {
    thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, one)?;
        let other = other();
        let one = beside.join().unwrap_or_else(|_| Err(io::Error::other("its thread ended early").into()));
        other.and_then(|other| Ok((one?, other)))
    })
}

/// Lays its cable into its network namespace; it has no address there yet.
fn plug(host: &Host<'_>, server: &PrivateServer, held: &Path) -> Result<(), RuntimeError> {
    cable::expect(&server.cable, &server.size, &host.link)?;
    Ok(cable::lay(&server.cable, &server.size, &host.link, held)?)
}

/// Makes its root file system, its other namespaces and its cgroup, in which nothing runs yet.
fn create(host: &Host<'_>, server: &PrivateServer, above: &Above) -> Result<(), RuntimeError> {
    let number = server.cable.number;
    files::mount_root(host.places, number, &server.template, above)?;
    let config = bundle::config(&Bundle {
        number,
        shares: &server.shares,
        host_name: &server.host_name,
        size: &server.size,
        users: &host.places.users(number),
        network: &host.places.network(number),
        root: &host.places.root(number),
        lxcfs: host.lxcfs,
        empty: &host.places.empty(number),
    });
    let bundle = host.places.bundle(number);
    write(&host.places.config(number), &config.to_string())?;
    let (tag, dir) = (number.tag(), bundle.display().to_string());
    let log = host.places.log(number);
    let log_name = log.display().to_string();
    let create = ["--root", KEPT, "--systemd-cgroup", "--log", &log_name, "create", "--bundle", &dir, &tag];
    tool::leave("crun", &create, &log, LIMIT)?;
    Ok(())
}

/// That no mount inside is a peer of one of the server: before anything runs inside, so that nobody can have hidden it.
fn apart(number: Number) -> Result<(), RuntimeError> {
    let tag = number.tag();
    let said = read(&Path::new(KEPT).join(&tag).join("status"))?;
    let Ok(Kept { pid }) = serde_json::from_str(&said) else {
        return Err(RuntimeError::Said { tag, said });
    };
    let inside = read(&PathBuf::from(format!("/proc/{pid}/mountinfo")))?;
    match mounts::in_common(&inside, &read(Path::new("/proc/self/mountinfo"))?) {
        None => Ok(()),
        Some(at) => Err(RuntimeError::Shared { tag, at: at.to_owned() }),
    }
}

/// Makes ready where it writes, and limits that. A disk on a NAS is used only by the server that has claimed it.
fn above(host: &Host<'_>, server: &PrivateServer) -> Result<Above, RuntimeError> {
    let number = server.cable.number;
    let Some(nas) = &server.nas else {
        files::make(host.places, number, &server.size)?;
        return Ok(Above { upper: host.places.upper(number), work: host.places.work(number) });
    };
    mount::ensure(&nas.export, Use::Disks)?;
    claim::take(nas, number)?;
    disk::attach(nas, number, server.size.disk_mib)?;
    Ok(Above { upper: disk::upper(number), work: disk::work(number) })
}

/// Asks its system to shut down; false when it does not run.
///
/// # Errors
/// [`RuntimeError`]
pub fn halt(number: Number) -> Result<bool, RuntimeError> {
    let runs = is_running(number)?;
    if runs {
        crun(&["kill", &number.tag(), &bundle::HALT.to_string()])?;
    }
    Ok(runs)
}

/// Takes away everything of it but its files; what runs in it ends.
///
/// # Errors
/// [`RuntimeError`]
pub fn clear(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let addresses = [server.former.as_slice(), &server.cable.addresses()].concat();
    clear_number(host, server.cable.number, &addresses)
}

/// The same of one of which only the number is known, and addresses that may be its.
///
/// # Errors
/// [`RuntimeError`]
pub fn clear_number(host: &Host<'_>, number: Number, addresses: &[IpAddr]) -> Result<(), RuntimeError> {
    let tag = number.tag();
    // The kernel may keep its network namespace for a while, and with the device its address.
    cable::unplug(&host.places.network(number))?;
    // Whatever state it is in: a crash may have left it half made.
    if is_kept(number) {
        match crun(&["delete", "--force", &tag]) {
            Ok(_) | Err(ToolError::Failed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if state(number)?.is_some() {
        return Err(RuntimeError::Said {
            tag,
            said: "that it is still there after it was deleted".to_owned(),
        });
    }
    scope::end(number)?;
    cable::cut(number, addresses, &host.link)?;
    files::unmount_root(host.places, number)?;
    disk::detach(number)?;
    Ok(())
}

/// Gives a running private server another size, at once and without a restart.
///
/// # Errors
/// [`RuntimeError`]
pub fn resize(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let number = server.cable.number;
    if is_running(number)? {
        cable::pin(&server.cable, &server.size, &host.link, &host.places.network(number))?;
        weigh(number, &server.size)?;
        cable::shape(&server.cable, &server.size, &host.link)?;
    }
    // At last: whoever is to be in quarantine is, whatever becomes of a disk.
    match &server.nas {
        None => files::fit(host.places, number, &server.size)?,
        Some(nas) => disk::grow(nas, number, server.size.disk_mib)?,
    }
    Ok(())
}

/// Limits the cgroup of a private server. crun limits only the inner one of two; the outer one is what stands beside the other
/// private servers, so the shares count there.
fn weigh(number: Number, size: &Size) -> Result<(), RuntimeError> {
    let outer = cgroup(number);
    if !outer.is_dir() {
        return Err(RuntimeError::NoCgroup(number.tag()));
    }
    for (file, value) in limits::around(size) {
        write(&outer.join(file), &value)?;
    }
    let inner = inner(number);
    if inner.is_dir() {
        for (file, value) in limits::of(size) {
            write(&inner.join(file), &value)?;
        }
    }
    Ok(())
}

/// Nobody inside has pages of that size to share out: crun hands on whatever the kernel can control.
fn spare(number: Number) -> Result<(), RuntimeError> {
    let handed = cgroup(number).join("cgroup.subtree_control");
    let has = fs::read_to_string(&handed).is_ok_and(|all| all.split_whitespace().any(|one| one == "hugetlb"));
    if has { write(&handed, "-hugetlb") } else { Ok(()) }
}

/// Lays the cable of a running private server anew: its address is another one now. What it had open ends.
///
/// # Errors
/// [`RuntimeError`]
pub fn lay_anew(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let held = host.places.network(server.cable.number);
    cable::unplug(&held)?;
    cable::cut(
        server.cable.number,
        &[server.former.as_slice(), &server.cable.addresses()].concat(),
        &host.link,
    )?;
    plug(host, server, &held)?;
    Ok(cable::open(&server.cable, &held)?)
}

/// Where systemd put it.
#[must_use]
pub fn cgroup(number: Number) -> PathBuf {
    Path::new("/sys/fs/cgroup/private.slice").join(scope::name(number))
}

/// The one that crun makes in it, which its root sees as the whole.
pub(crate) fn inner(number: Number) -> PathBuf {
    cgroup(number).join("container")
}

/// Whether there are processes in it: cheap to ask, for what was once seen to run.
#[must_use]
pub fn is_populated(number: Number) -> bool {
    let events = fs::read_to_string(cgroup(number).join("cgroup.events")).unwrap_or_default();
    events.lines().any(|line| line == "populated 1")
}

/// Makes its files anew from the template, without any that were there. It must not run.
///
/// # Errors
/// [`RuntimeError`]
pub fn make(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    let number = server.cable.number;
    clear_left(host, server)?;
    files::discard(host.places, number)?;
    files::make(host.places, number, &server.size)?;
    Ok(())
}

/// Removes it for good, with its files.
///
/// # Errors
/// [`RuntimeError`]
pub fn remove(host: &Host<'_>, server: &PrivateServer) -> Result<(), RuntimeError> {
    clear(host, server)?;
    let number = server.cable.number;
    let Some(nas) = &server.nas else { return Ok(files::remove(host.places, number)?) };
    mount::ensure(&nas.export, Use::Disks)?;
    match claim::judge(claim::read(nas, number)?.as_ref(), nas) {
        Verdict::Own | Verdict::Free => Ok(disk::remove(nas, number)?),
        // It is another's, and not ours to remove.
        Verdict::Lost(_) => Ok(()),
    }
}

/// Lets it stand still, or go on. Nothing that it has begun is lost (cgroups(7), cgroup.freeze).
///
/// # Errors
/// [`RuntimeError::Write`] when it does not run.
pub fn freeze(number: Number, still: bool) -> Result<(), RuntimeError> {
    write(&cgroup(number).join("cgroup.freeze"), if still { "1" } else { "0" })
}

/// Whether it was told to stand still.
#[must_use]
pub fn is_frozen(number: Number) -> bool {
    fs::read_to_string(cgroup(number).join("cgroup.freeze")).is_ok_and(|text| text.trim() == "1")
}

fn read(path: &Path) -> Result<String, RuntimeError> {
    fs::read_to_string(path).map_err(|source| RuntimeError::Read { path: path.display().to_string(), source })
}

fn write(path: &Path, text: &str) -> Result<(), RuntimeError> {
    fs::write(path, text).map_err(|source| RuntimeError::Write { path: path.display().to_string(), source })
}
