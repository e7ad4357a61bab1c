//! The program behind a BMC's chassis commands, in the form that `ipmi_sim` calls a `chassis_control` program:
//! `chassis DIR get power|boot` and `chassis DIR set power|reset|shutdown|boot|identify VALUE…`. What it prints for
//! `get` is `name:value`; any exit code but 0 becomes IPMI completion code FFh.

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::board::BoardDir;
use super::boot_flag::{BootFlag, StoredFlag};
use super::qmp::Qmp;

/// How long a machine may take to answer after power on, and to be gone after power off.
const POWER_LIMIT: Duration = Duration::from_secs(25);

/// Carries out one chassis command; the text is the answer to the BMC.
///
/// # Errors
/// The command is unknown, or the machine does not obey within its time.
pub fn run(dir: &Path, words: &[String]) -> Result<String> {
    let dir = BoardDir::at(dir);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["get", "power"] => Ok(format!("power:{}", u8::from(dir.is_powered()?))),
        ["get", "boot"] => Ok(format!("boot:{}", StoredFlag::lock(&dir)?.get()?.word())),
        ["set", "power", "1"] => power_on(&dir),
        ["set", "power", "0"] => power_off(&dir),
        ["set", "reset", _] => order(&dir, "system_reset"),
        ["set", "shutdown", _] => order(&dir, "system_powerdown"),
        ["set", "boot", word] => set_boot(&dir, word),
        // The light that helps a person find the machine.
        ["set", "identify", ..] => Ok(String::new()),
        other => bail!("chassis command {other:?} is unknown"),
    }
}

fn power_on(dir: &BoardDir) -> Result<String> {
    if dir.is_powered()? {
        return Ok(String::new());
    }
    let log = dir.mainboard_log();
    let log =
        OpenOptions::new().create(true).append(true).open(&log).context("opening the mainboard's log")?;
    // The BMC reads our output to its end, so the long-lived process must not hold it open.
    let mut mainboard = Command::new(std::env::current_exe().context("finding the rack program")?)
        .arg("mainboard")
        .arg(dir.path())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .context("starting the mainboard process")?;
    let started = Instant::now();
    while !dir.ready().exists() {
        if let Some(status) = mainboard.try_wait().context("asking whether the mainboard lives")? {
            bail!("the machine went off at once ({status}): see {}", dir.mainboard_log().display());
        }
        if started.elapsed() > POWER_LIMIT {
            bail!(
                "the machine did not come on in {} s: see {}",
                POWER_LIMIT.as_secs(),
                dir.mainboard_log().display()
            );
        }
        sleep(Duration::from_millis(10));
    }
    Ok(String::new())
}

/// Cuts the power: whatever the machine had not handed to its disk is lost, as in life.
fn power_off(dir: &BoardDir) -> Result<String> {
    let started = Instant::now();
    while dir.is_powered()? {
        if let Ok(pid) = std::fs::read_to_string(dir.qemu_pid()) {
            let pid = pid.trim().parse().with_context(|| format!("QEMU's process id {pid:?}"))?;
            // It may have ended by itself in this moment.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        if started.elapsed() > POWER_LIMIT {
            bail!("the machine is still on {} s after its power was cut", POWER_LIMIT.as_secs());
        }
        sleep(Duration::from_millis(10));
    }
    Ok(String::new())
}

fn order(dir: &BoardDir, command: &str) -> Result<String> {
    if !dir.is_powered()? {
        bail!("{command} needs a machine that is on, and this one is off: switch it on first");
    }
    Qmp::connect(&dir.qmp_orders())?.execute(command, json!({}))?;
    Ok(String::new())
}

fn set_boot(dir: &BoardDir, word: &str) -> Result<String> {
    let flag = BootFlag::from_word(word).with_context(|| format!("boot device {word:?} is unknown"))?;
    let mut stored = StoredFlag::lock(dir)?;
    if dir.is_powered()? {
        Qmp::connect(&dir.qmp_orders())?.set_boot_order(flag.order())?;
    }
    stored.set(flag)?;
    Ok(String::new())
}
