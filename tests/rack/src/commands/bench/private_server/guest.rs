//! Root's shell on a server of the rack.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::hardware::{Tool, address};
use crate::interrupt;
use crate::live::LiveRack;
use crate::private_servers::{KEY, Order, RUNNING_LIMIT, until_running};
use crate::progress::Step;
use crate::ssh;

/// Of one command in a private server, seconds.
const LIMIT_INSIDE_S: &str = "50";

/// Of one line: the longest measurement is far shorter.
const LINE_LIMIT: Duration = Duration::from_secs(600);
/// How soon an interrupt is seen.
const LOOK: Duration = Duration::from_millis(250);

const SETTLED_LIMIT: Duration = Duration::from_secs(120);

/// A server that was installed with the rack's key.
#[derive(Debug)]
pub struct Guest<'a> {
    live: &'a LiveRack,
    key: PathBuf,
    pub address: String,
}

/// A command that still runs there. It ends with this value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<std::io::Result<String>>,
}

impl<'a> Guest<'a> {
    pub fn of(live: &'a LiveRack, name: &str) -> Result<Self> {
        let server = live.rackwright().act(&["server", "show", name])?;
        let address =
            server["summary"]["address"].as_str().with_context(|| format!("{name} has no address"))?;
        Ok(Self { live, key: live.rack.run_dir().join(KEY), address: address.to_owned() })
    }

    /// What a shell script prints; it must succeed.
    pub fn read(&self, script: &str) -> Result<String> {
        let mut ssh = ssh::root_at(&self.live.rack, &self.key, &self.address);
        ssh.arg(script);
        Ok(Tool::from_command(ssh).read()?.trim().to_owned())
    }

    /// The number that a shell script prints.
    pub fn number(&self, script: &str) -> Result<u64> {
        let said = self.read(script)?;
        said.parse().with_context(|| format!("`{script}` printed {said:?} instead of a number"))
    }

    /// The card that leads to the Control Center.
    pub fn card(&self) -> Result<String> {
        self.read(&format!("ip -o route get {} | sed 's/.* dev \\([^ ]*\\).*/\\1/'", address::CENTER))
    }

    /// Starts a shell script.
    pub fn start(&self, script: &str) -> Result<Running> {
        let mut ssh = ssh::root_at(&self.live.rack, &self.key, &self.address);
        ssh.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = ssh.spawn().context("starting ssh")?;
        let stdin = child.stdin.take().context("ssh has no standard input")?;
        let stdout = child.stdout.take().context("ssh has no standard output")?;
        let (sender, lines) = mpsc::channel();
        // It ends with the output, or when nobody listens any more.
        std::thread::spawn(move || BufReader::new(stdout).lines().try_for_each(|line| sender.send(line)));
        Ok(Running { child, stdin, lines })
    }

    /// Writes a file there.
    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        // The text has no line of its own with only this word.
        self.read(&format!("cat > {path} <<'RACK-END'\n{text}\nRACK-END")).map(drop)
    }
}

impl Running {
    /// Tells it a line.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        writeln!(self.stdin, "{line}").context("speaking with a command on the server")
    }

    /// The next line that it prints.
    pub fn line(&mut self) -> Result<String> {
        let started = Instant::now();
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(line) => return Ok(line.context("reading what the server says")?.trim().to_owned()),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("the command on the server ended early, with {:?}", self.child.wait());
                }
                Err(RecvTimeoutError::Timeout) if started.elapsed() > LINE_LIMIT => {
                    bail!("the command on the server has said nothing for {} s", LINE_LIMIT.as_secs());
                }
                Err(RecvTimeoutError::Timeout) => interrupt::pause(Duration::ZERO)?,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Looks again and again whether something is so.
pub fn until(what: &str, limit: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > limit {
            bail!("after {} s it is not so that {what}", limit.as_secs());
        }
        interrupt::pause(Duration::from_millis(200))?;
    }
    Ok(())
}

/// Makes a private server and waits until its system has started.
pub fn make(live: &LiveRack, order: &Order<'_>, step: &mut Step) -> Result<()> {
    order.give(live)?;
    let names = [order.name.to_owned()];
    until_running(live, &names, RUNNING_LIMIT, step)?;
    settled(live, &names)
}

/// Waits until the systems of these private servers have started: before that no service can be.
pub fn settled(live: &LiveRack, names: &[String]) -> Result<()> {
    for name in names {
        let started = Instant::now();
        loop {
            let said = inside(live, name, "systemctl is-system-running 2>&1 || true");
            if said.as_ref().is_ok_and(|said| said == "running") {
                break;
            }
            if started.elapsed() > SETTLED_LIMIT {
                bail!("{name} has not started its system after {} s: {said:?}", SETTLED_LIMIT.as_secs());
            }
            interrupt::pause(Duration::from_millis(500))?;
        }
    }
    Ok(())
}

/// What a shell line prints in a private server; it must succeed.
pub fn inside(live: &LiveRack, name: &str, line: &str) -> Result<String> {
    let words = ["private-server", "exec", name, "--limit-s", LIMIT_INSIDE_S, "--", line];
    let output = live.rackwright().act(&words)?;
    Ok(output["output"].as_str().unwrap_or_default().trim().to_owned())
}
