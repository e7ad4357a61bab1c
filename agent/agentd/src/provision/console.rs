//! Readable lines for whoever stands before the machine or looks through its serial console.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, OnceLock, PoisonError};

static SCREENS: OnceLock<Mutex<Vec<File>>> = OnceLock::new();

/// Opens the kernel's consoles and the first serial line. A line that blocks is skipped, not waited for.
pub fn open() {
    let active = fs::read_to_string("/sys/class/tty/console/active").unwrap_or_default();
    let mut names: Vec<&str> = active.split_ascii_whitespace().collect();
    if !names.contains(&"ttyS0") {
        names.push("ttyS0");
    }
    let screens = names
        .into_iter()
        .filter_map(|name| {
            let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
            OpenOptions::new().write(true).custom_flags(flags).open(format!("/dev/{name}")).ok()
        })
        .collect();
    drop(SCREENS.set(Mutex::new(screens)));
}

/// Prints a sentence with the seconds since power-on; on standard error when no console is open.
pub fn say(text: &str) {
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds: f32 = uptime.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_default();
    let line = format!("[{seconds:8.2}] rackwright: {}\r\n", text.replace('\n', "\r\n           "));
    let Some(screens) = SCREENS.get() else {
        eprint!("{line}");
        return;
    };
    for screen in screens.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
        // A console that cannot show the line is no reason to stop installing.
        drop(screen.write_all(line.as_bytes()));
    }
}
