//! Process 1 of the provisioning environment: mounts the kernel's file systems, keeps the worker running, buries orphans, and
//! never ends, because the kernel panics when process 1 does.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::reboot::set_cad_enabled;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::console::{self, say};
use super::journal::Journal;
use super::restart;

/// Between the end of a worker and the start of the next.
const PAUSE: Duration = Duration::from_secs(5);

/// Source, mount point, type, options.
const MOUNTS: [(&str, &str, &str, &str); 6] = [
    ("proc", "/proc", "proc", ""),
    ("sysfs", "/sys", "sysfs", ""),
    ("devtmpfs", "/dev", "devtmpfs", "mode=0755"),
    ("devpts", "/dev/pts", "devpts", "mode=0620,gid=5"),
    ("tmpfs", "/run", "tmpfs", "mode=0755"),
    ("tmpfs", "/tmp", "tmpfs", "mode=1777"),
];

/// Does the work of init for ever.
pub fn be() -> ExitCode {
    std::panic::set_hook(Box::new(hold));
    let problems = mount_all();
    console::open();
    say(concat!("provisioning environment ", env!("CARGO_PKG_VERSION")));
    problems.iter().for_each(|problem| say(problem));
    // Ctrl-Alt-Del becomes a signal to us instead of a hard reset.
    if let Err(errno) = set_cad_enabled(false) {
        say(&format!("Ctrl-Alt-Del stays a hard reset: {errno}"));
    }
    let signals: SigSet = [Signal::SIGCHLD, Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
    if let Err(errno) = signals.thread_block() {
        say(&format!("signals cannot be held back: {errno}"));
    }
    let mut worker = start_worker();
    loop {
        match signals.wait() {
            Ok(Signal::SIGINT) => ctrl_alt_del(),
            Ok(_) => {}
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
        if bury(worker.as_ref()) || worker.is_none() {
            thread::sleep(PAUSE);
            worker = start_worker();
        }
    }
}

/// A fault of init itself: the machine stays as it is, readable, instead of a kernel panic that restarts it for ever.
fn hold(panic: &std::panic::PanicHookInfo<'_>) {
    say(&format!(
        "the provisioning environment met a fault of its own and holds: {panic}; power-cycle the machine"
    ));
    loop {
        thread::sleep(PAUSE);
    }
}

/// What could not be mounted, in sentences. The kernel may have mounted devtmpfs already.
fn mount_all() -> Vec<String> {
    let efi = Path::new("/sys/firmware/efi/efivars");
    let mut problems: Vec<String> =
        MOUNTS.iter().filter_map(|(source, at, kind, data)| attach(source, at, kind, data)).collect();
    if efi.exists() {
        problems.extend(attach("efivarfs", "/sys/firmware/efi/efivars", "efivarfs", ""));
    }
    problems
}

fn attach(source: &str, at: &str, kind: &str, data: &str) -> Option<String> {
    // Where it exists already, or cannot be made, mounting tells.
    drop(fs::create_dir_all(at));
    match mount(Some(source), at, Some(kind), MsFlags::empty(), Some(data)) {
        Ok(()) | Err(Errno::EBUSY) => None,
        Err(errno) => Some(format!("{at} could not be mounted ({kind}): {errno}")),
    }
}

fn start_worker() -> Option<Child> {
    match Command::new("/proc/self/exe").arg("provision").spawn() {
        Ok(child) => Some(child),
        Err(why) => {
            say(&format!("the worker could not be started: {why}; trying again"));
            None
        }
    }
}

/// Buries every child that has ended; true when the worker is among them.
fn bury(worker: Option<&Child>) -> bool {
    let worker = worker.and_then(|child| i32::try_from(child.id()).ok()).map(Pid::from_raw);
    let mut ended = false;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) | Err(_) => return ended,
            Ok(status) => {
                if status.pid() == worker {
                    ended = true;
                    say(&format!(
                        "the worker ended ({status:?}); starting it again in {} s",
                        PAUSE.as_secs()
                    ));
                }
            }
        }
    }
}

/// Restarts in order, unless that would leave a half-written disk; pressed again within five seconds it is meant.
fn ctrl_alt_del() {
    if !Journal::default().is_busy() {
        say("Ctrl-Alt-Del: restarting");
        restart::now();
        return;
    }
    say("Ctrl-Alt-Del: an install is being carried out; press again within 5 s to restart nevertheless");
    let again: SigSet = [Signal::SIGINT].into_iter().collect();
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if pending(&again) {
            restart::now();
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Whether the signal waits to be taken.
fn pending(signals: &SigSet) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let shared = status.lines().find_map(|line| line.strip_prefix("ShdPnd:")).map(str::trim);
    let bits = shared.and_then(|text| u64::from_str_radix(text, 16).ok()).unwrap_or(0);
    signals.iter().any(|signal| bits & (1 << (signal as i32 - 1)) != 0)
}
