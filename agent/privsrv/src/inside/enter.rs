//! The visitor: a process of our own that goes into a private server and works on files there. It holds nothing of the
//! server's open, and gives up all rights but those of whoever it works for, before it looks at a single file. No process
//! inside has a number for it, so none can stop, trace or look into it.

use std::io::{Read as _, Write as _};
use std::path::Path;

use nix::fcntl::{OFlag, open, openat};
use nix::sched::{CloneFlags, setns};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use rackwright_model::private_server::inside::{Answer, FailureKind, LoginName, Work, WorkFailure};
use serde::{Deserialize, Serialize};

use super::names::{User, groups, users};
use super::tree::Tree;

/// Bytes of an order.
const ORDER: u64 = 1 << 20;
/// Bytes of memory that it may have: what is inside cannot make it grow.
const MEMORY: u64 = 512 << 20;
/// Groups of a login beside its first.
const GROUPS: usize = 64;

/// What the agent writes to the visitor.
#[derive(Serialize, Deserialize)]
pub struct Visit {
    /// The first process inside, as the server numbers it.
    pub process: u32,
    /// What stands in the name of its cgroup.
    pub scope: String,
    pub login: Option<LoginName>,
    pub work: Work,
}

/// The visitor did not get so far as to have an answer.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    #[error("the order could not be read, or the answer not be written")]
    Io(#[from] std::io::Error),
    #[error("the order is none")]
    Order(#[from] serde_json::Error),
}

/// Carries out the order on the input, and writes what came of it.
///
/// # Errors
/// [`VisitError`]
pub fn visit() -> Result<(), VisitError> {
    let mut text = String::new();
    std::io::stdin().take(ORDER).read_to_string(&mut text)?;
    let Visit { process, scope, login, work } = serde_json::from_str(&text)?;
    let result = go_in(process, &scope).and_then(|()| act(login.as_ref(), work));
    let mut out = std::io::stdout();
    serde_json::to_writer(&mut out, &result)?;
    out.flush()?;
    Ok(())
}

fn broken(what: &'static str) -> impl Fn(nix::Error) -> WorkFailure {
    move |why| WorkFailure::new(FailureKind::Broken, format!("{what}: {}", why.desc()))
}

/// What else of it decides what its kernel tells (namespaces(7)): names, cards, queues and groups.
const VIEWS: [(&str, CloneFlags); 4] = [
    ("ns/uts", CloneFlags::CLONE_NEWUTS),
    ("ns/net", CloneFlags::CLONE_NEWNET),
    ("ns/ipc", CloneFlags::CLONE_NEWIPC),
    ("ns/cgroup", CloneFlags::CLONE_NEWCGROUP),
];

/// Into the users and mounts of the private server, as its root, with its view of the kernel.
fn go_in(process: u32, scope: &str) -> Result<(), WorkFailure> {
    let failed = broken("the private server could not be entered");
    // Of this one process, whatever gets its number afterwards.
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let proc = open(format!("/proc/{process}").as_str(), flags, Mode::empty()).map_err(&failed)?;
    let read = |name: &str| openat(&proc, name, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
    let (users, mounts) = (read("ns/user").map_err(&failed)?, read("ns/mnt").map_err(&failed)?);
    let views = VIEWS.map(|(name, kind)| read(name).map(|view| (view, kind)));
    let views = views.into_iter().collect::<Result<Vec<_>, _>>().map_err(&failed)?;
    let mut cgroup = String::new();
    std::fs::File::from(read("cgroup").map_err(&failed)?).take(4_096).read_to_string(&mut cgroup).ok();
    // From its beginning: what a neighbour calls a group of its own is up to him.
    let of_scope =
        cgroup.trim_end().strip_prefix("0::/private.slice/").and_then(|path| path.strip_prefix(scope));
    if !of_scope.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return Err(WorkFailure::new(FailureKind::Broken, "the private server has just stopped"));
    }
    setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY).map_err(&failed)?;
    for (view, kind) in &views {
        setns(view, *kind).map_err(&failed)?;
    }
    setns(&users, CloneFlags::CLONE_NEWUSER).map_err(&failed)?;
    setns(&mounts, CloneFlags::CLONE_NEWNS).map_err(&failed)?;
    drop((proc, users, mounts, views));
    umask(Mode::S_IWGRP | Mode::S_IWOTH);
    become_user(0, 0, &[]).map_err(failed)
}

fn become_user(uid: u32, gid: u32, groups: &[Gid]) -> nix::Result<()> {
    let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
    setgroups(groups)?;
    setresgid(gid, gid, gid)?;
    setresuid(uid, uid, uid)
}

fn act(login: Option<&LoginName>, work: Work) -> Result<Answer, WorkFailure> {
    let root = Path::new("/");
    let Some(login) = login else { return super::on_files(&Tree::open(root, "/", true)?, work) };
    let whole = Tree::open(root, "/", false)?;
    let user = users(&whole).into_iter().find(|user| user.name == login.as_str());
    let user = user.ok_or_else(|| none(login))?;
    // Only its keys are set for root.
    let is_own = matches!(work, Work::Keys { .. } | Work::SetKeys { .. });
    if user.uid == 0 && !is_own {
        return Err(WorkFailure::new(FailureKind::Denied, format!("{login} is root inside")));
    }
    let groups = groups_of(&whole, &user);
    drop(whole);
    become_user(user.uid, user.gid, &groups).map_err(broken("the login could not be taken on"))?;
    // The kernel takes all rights of root away with the last of its numbers; that it did is made sure of.
    if user.uid != 0 && setresuid(Uid::from_raw(0), Uid::from_raw(0), Uid::from_raw(0)).is_ok() {
        return Err(WorkFailure::new(FailureKind::Broken, "the rights of root could not be given up"));
    }
    super::on_files(&Tree::open(root, &user.home, false)?, work)
}

fn none(login: &LoginName) -> WorkFailure {
    WorkFailure::new(FailureKind::Missing, format!("there is no login {login} inside any more"))
}

fn groups_of(tree: &Tree, user: &User) -> Vec<Gid> {
    let all = groups(tree);
    let own = all.iter().filter(|group| group.members.contains(&user.name));
    own.take(GROUPS).map(|group| Gid::from_raw(group.gid)).collect()
}

/// Opens nothing that must not be: for tests that have no private server.
#[cfg(test)]
pub fn in_folder(folder: &Path, work: Work) -> Result<Answer, WorkFailure> {
    super::on_files(&Tree::open(folder, "/", false)?, work)
}
