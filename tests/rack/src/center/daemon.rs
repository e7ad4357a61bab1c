//! The `rackwrightd` process: started, killed, started again, stopped.

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::command::Rackwright;
use super::config;
use crate::hardware::{Hardware, Namespace, Rack};
use crate::interrupt;
use crate::setup::Programs;

/// How long the daemon may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Until the log of a daemon that answers says where its panel listens.
const SAYS_WHERE: Duration = Duration::from_secs(10);
/// How long it may take to end when asked.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Where a Control Center lives.
#[derive(Debug, Clone)]
pub struct Place {
    pub data_dir: PathBuf,
    /// For the socket, the configuration and the log.
    pub run_dir: PathBuf,
    /// The network it serves; none for one that only builds images, with the machine's own network.
    pub namespace: Option<Namespace>,
    /// What the machines that netboot are made of.
    pub hardware: Hardware,
}

impl Place {
    /// In a rack, serving its machines.
    pub fn in_rack(rack: &Rack, hardware: Hardware) -> Self {
        Self {
            data_dir: rack.data_dir(),
            run_dir: rack.run_dir().to_path_buf(),
            namespace: Some(rack.namespace().clone()),
            hardware,
        }
    }

    /// The provisioning environments: a folder per kernel flavour.
    pub fn boot_dir(&self) -> PathBuf {
        self.data_dir.join("environment")
    }
}

/// A running Control Center; stopped when dropped.
#[derive(Debug)]
pub struct ControlCenter {
    place: Place,
    programs: Programs,
    rackwright: Rackwright,
    process: Child,
}

impl ControlCenter {
    /// Writes a configuration, starts `rackwrightd` and waits until it answers.
    ///
    /// # Errors
    /// It ends at once or does not answer in time; the message carries the end of its log.
    pub fn start(place: Place, programs: &Programs) -> Result<Self> {
        let config = place.run_dir.join("rackwrightd.toml");
        std::fs::write(&config, config::text(&place, &programs.agent))
            .with_context(|| format!("writing {}", config.display()))?;
        let rackwright = Rackwright::new(&programs.rackwright, place.run_dir.join("rackwright.sock"));
        let process = spawn(&place, programs)?;
        let mut center = Self { place, programs: programs.clone(), rackwright, process };
        center.wait_until_it_answers()?;
        Ok(center)
    }

    /// The command line that reaches this Control Center.
    pub fn rackwright(&self) -> &Rackwright {
        &self.rackwright
    }

    /// Kills the daemon as a power cut would (SIGKILL).
    ///
    /// # Errors
    /// The system refuses.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill().context("killing rackwrightd")?;
        self.process.wait().context("waiting for a killed rackwrightd")?;
        Ok(())
    }

    /// Starts the daemon again on the same data, after [`ControlCenter::kill`].
    ///
    /// # Errors
    /// As [`ControlCenter::start`].
    pub fn start_again(&mut self) -> Result<()> {
        self.process = spawn(&self.place, &self.programs)?;
        self.wait_until_it_answers()
    }

    /// Asks the daemon to end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// It does not end in time; it is killed then.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.process.try_wait().context("asking whether rackwrightd lives")? {
            return Ok(status);
        }
        let pid = i32::try_from(self.process.id()).context("rackwrightd's process id")?;
        kill(Pid::from_raw(pid), Signal::SIGTERM).context("asking rackwrightd to end")?;
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT {
            if let Some(status) = self.process.try_wait().context("asking whether rackwrightd lives")? {
                return Ok(status);
            }
            sleep(Duration::from_millis(20));
        }
        self.kill()?;
        bail!("rackwrightd did not end within {} s of SIGTERM and was killed", STOP_LIMIT.as_secs())
    }

    /// The last lines of the daemon's log.
    pub fn log_tail(&self, lines: usize) -> String {
        let log = std::fs::read_to_string(log_path(&self.place)).unwrap_or_default();
        let all: Vec<&str> = log.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    /// Where the panel listens, as the daemon's log says.
    ///
    /// # Errors
    /// The log does not say it.
    pub fn panel_url(&self) -> Result<String> {
        let asked = Instant::now();
        loop {
            let log = self.log_tail(100);
            if let Some((_, rest)) = log.rsplit_once("panel [")
                && let Some(address) = rest.split([']', ',']).next()
            {
                // Browsers keep secure cookies for this name.
                return Ok(format!("https://{}", address.replace("127.0.0.1", "localhost")));
            }
            if asked.elapsed() > SAYS_WHERE {
                bail!("the log does not say where the panel listens:\n{log}");
            }
            interrupt::pause(Duration::from_millis(50))?;
        }
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let started = Instant::now();
        loop {
            let Err(silence) = self.rackwright.act(&["system", "status"]) else { return Ok(()) };
            if let Some(status) = self.process.try_wait().context("asking whether rackwrightd lives")? {
                bail!("rackwrightd ended with {status} while starting; its log ends:\n{}", self.log_tail(20));
            }
            if started.elapsed() > START_LIMIT {
                return Err(silence.context(format!(
                    "rackwrightd did not answer in {} s; its log ends:\n{}",
                    START_LIMIT.as_secs(),
                    self.log_tail(20)
                )));
            }
            interrupt::pause(Duration::from_millis(50))?;
        }
    }
}

impl Drop for ControlCenter {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("{error:#}");
        }
    }
}

fn log_path(place: &Place) -> PathBuf {
    place.run_dir.join("rackwrightd.log")
}

fn spawn(place: &Place, programs: &Programs) -> Result<Child> {
    let mut command = match &place.namespace {
        Some(namespace) => namespace.command(&programs.rackwrightd),
        None => Command::new(&programs.rackwrightd),
    };
    let path = log_path(place);
    let log = OpenOptions::new().create(true).append(true).open(&path);
    let log = log.with_context(|| format!("opening {}", path.display()))?;
    command
        .arg("--config")
        .arg(place.run_dir.join("rackwrightd.toml"))
        // Ctrl-C in the terminal is for the rack, which then stops the daemon in order.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("sharing rackwrightd's log")?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("starting {}", programs.rackwrightd.display()))
}
