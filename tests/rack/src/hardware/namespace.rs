//! A named network namespace: made, entered, emptied of processes, removed.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::tool::Tool;

/// How long killed processes may take to leave a namespace.
const EMPTYING_LIMIT: Duration = Duration::from_secs(15);

/// A network namespace under `/run/netns`.
#[derive(Debug, Clone)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// Names a namespace without making it.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn path(&self) -> PathBuf {
        PathBuf::from("/run/netns").join(&self.name)
    }

    /// Makes the namespace, with its loopback device up.
    pub(super) fn create(&self) -> Result<()> {
        Tool::new("ip").args(["netns", "add", &self.name]).run()?;
        Tool::new("ip").args(["-n", &self.name, "link", "set", "lo", "up"]).run()
    }

    /// A command that will run inside the namespace, as its own process, with this process's mounts.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={}", self.path().display())).arg("--").arg(program);
        command
    }

    /// Runs `work` on a thread of its own inside the namespace. Sockets made there stay in the namespace.
    ///
    /// # Errors
    /// The namespace is gone or may not be entered, or `work` fails.
    pub fn enter<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let path = self.path();
        std::thread::scope(|scope| {
            let inside = scope.spawn(move || {
                let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
                setns(file, CloneFlags::CLONE_NEWNET)
                    .with_context(|| format!("entering {}", path.display()))?;
                work()
            });
            inside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The processes whose network is this namespace.
    ///
    /// # Errors
    /// The namespace does not exist.
    pub fn pids(&self) -> Result<Vec<i32>> {
        let listed = Tool::new("ip").args(["netns", "pids", &self.name]).read()?;
        listed
            .lines()
            .map(|line| line.trim().parse().with_context(|| format!("process id {line:?}")))
            .collect()
    }

    /// Kills every process in the namespace and removes it. A namespace that is not there is no error.
    pub(super) fn destroy(&self) -> Result<()> {
        if !self.path().exists() {
            return Ok(());
        }
        self.kill_all()?;
        Tool::new("ip").args(["netns", "delete", &self.name]).run()
    }

    fn kill_all(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            let pids = self.pids()?;
            if pids.is_empty() {
                return Ok(());
            }
            if started.elapsed() > EMPTYING_LIMIT {
                bail!("processes {pids:?} in namespace {} outlive SIGKILL: look at them with ps", self.name);
            }
            for pid in pids {
                // One that has just ended is what we want anyway.
                let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
