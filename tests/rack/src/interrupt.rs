//! Ctrl-C, SIGTERM and SIGHUP become an error at the next look, so that everything made is taken down in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Starts listening to the signals. Only a program's `main` does this; tests end as they are told.
///
/// # Errors
/// The system refuses a signal handler.
pub fn listen() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag)).context("listening to signals")?;
    }
    Ok(())
}

/// Whether somebody asked the program to end.
pub fn is_interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::SeqCst))
}

/// Waits for a moment.
///
/// # Errors
/// The program shall end.
pub fn pause(time: Duration) -> Result<()> {
    if is_interrupted() {
        bail!("interrupted");
    }
    sleep(time);
    Ok(())
}
