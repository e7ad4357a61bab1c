//! The process that is a powered machine: it owns one QEMU and makes boot flags count once.
//!
//! Started by the chassis program at "power on"; ends with its QEMU. While it lives it holds the machine's power
//! lock, which is how everybody else knows that the machine is on.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};

use super::board::BoardDir;
use super::boot_flag::{BootFlag, BootOrder, StoredFlag};
use super::qemu;
use super::qmp::Qmp;

/// How long QEMU may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How long somebody's question about the power may keep the lock from us.
const LOCK_LIMIT: Duration = Duration::from_secs(2);
/// One reboot is up to three resets: SeaBIOS, entered warm, resets the chip set once more or twice, within 0.1 s.
/// Firmware needs longer than this to boot something that could itself reset.
const RESET_SETTLES: Duration = Duration::from_secs(2);

/// Runs the machine in this directory until it is switched off.
///
/// # Errors
/// The machine is on already, QEMU does not start, or its QMP connection breaks.
pub fn run(dir: &Path) -> Result<()> {
    let dir = BoardDir::at(dir);
    let _power = switch_on(&dir)?;
    let order = take_flag(&dir)?;
    let mut qemu = start(&dir, order)?;
    let watched = watch(&dir, &mut qemu, order);
    drop(std::fs::remove_file(dir.ready()));
    if watched.is_err() {
        qemu.kill().context("ending a QEMU that could not be watched")?;
    }
    let status = qemu.wait().context("waiting for QEMU to end")?;
    drop(std::fs::remove_file(dir.qemu_pid()));
    eprintln!("QEMU ended with {status}");
    watched
}

fn switch_on(dir: &BoardDir) -> Result<File> {
    let lock = dir.power_lock()?;
    let started = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_LIMIT => {
                sleep(Duration::from_millis(5))
            }
            Err(TryLockError::WouldBlock) => bail!("machine {} is on already", dir.path().display()),
            Err(TryLockError::Error(error)) => return Err(error).context("taking the power lock"),
        }
    }
}

/// The order for this start; the flag is used up by it.
fn take_flag(dir: &BoardDir) -> Result<BootOrder> {
    let mut stored = StoredFlag::lock(dir)?;
    let flag = stored.get()?;
    stored.set(BootFlag::None)?;
    Ok(flag.order())
}

fn start(dir: &BoardDir, order: BootOrder) -> Result<Child> {
    let board = dir.load()?;
    for stale in [dir.qmp_events(), dir.qmp_orders(), dir.ready()] {
        drop(std::fs::remove_file(stale));
    }
    // Should this process be killed, its QEMU must not live on as a machine that nobody can switch off.
    let qemu = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", "qemu-system-x86_64"])
        .args(qemu::arguments(&board, dir, order))
        .stdin(Stdio::null())
        .spawn()
        .context("starting qemu-system-x86_64")?;
    std::fs::write(dir.qemu_pid(), qemu.id().to_string()).context("noting QEMU's process id")?;
    Ok(qemu)
}

fn watch(dir: &BoardDir, qemu: &mut Child, order: BootOrder) -> Result<()> {
    let events = listen(connect(dir, qemu)?);
    if order != BootOrder::NetworkFirst {
        Qmp::connect(&dir.qmp_orders())?.set_boot_order(BootOrder::NetworkFirst)?;
    }
    File::create(dir.ready()).context("noting that the machine takes orders")?;
    while let Ok(event) = events.recv() {
        if event? == "RESET" {
            let began = SystemTime::now();
            while let Ok(event) = events.recv_timeout(RESET_SETTLES) {
                event?;
            }
            use_up_flag(dir, began)?;
        }
    }
    Ok(())
}

/// The boot that began then has read its order by now: what is set from here on counts for the one after it.
fn use_up_flag(dir: &BoardDir, began: SystemTime) -> Result<()> {
    let mut stored = StoredFlag::lock(dir)?;
    if stored.is_younger_than(began)? {
        return Ok(());
    }
    stored.set(BootFlag::None)?;
    match Qmp::connect(&dir.qmp_orders()) {
        Ok(mut qmp) => qmp.set_boot_order(BootOrder::NetworkFirst),
        // Switched off in this moment: the next start takes its order from the flag.
        Err(error) => {
            eprintln!("the boot order stays as it is: {error:#}");
            Ok(())
        }
    }
}

/// Hands events over as they come. The channel closes when QEMU has ended.
fn listen(mut qmp: Qmp) -> Receiver<Result<String>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        while let Some(event) = qmp.event().transpose() {
            let broken = event.is_err();
            if sender.send(event).is_err() || broken {
                return;
            }
        }
    });
    receiver
}

fn connect(dir: &BoardDir, qemu: &mut Child) -> Result<Qmp> {
    let started = Instant::now();
    loop {
        match Qmp::connect(&dir.qmp_events()) {
            Ok(qmp) => return Ok(qmp),
            Err(error) => {
                if let Some(status) = qemu.try_wait().context("asking whether QEMU lives")? {
                    bail!("QEMU ended with {status} while starting: see {}", dir.mainboard_log().display());
                }
                if started.elapsed() > START_LIMIT {
                    return Err(error.context(format!("QEMU did not answer in {} s", START_LIMIT.as_secs())));
                }
            }
        }
        sleep(Duration::from_millis(20));
    }
}
