//! Programs that read trees of files which others have filled: how much memory they take is up to those.

use std::fs;
use std::process::Child;

/// Of [-1000, 1000] (proc(5), /proc/pid/oom_score_adj). It adds nine tenths of all memory to what is judged.
const SCORE: &str = "900";

/// Has the kernel end this program, and what it starts from now on, before anything else when memory is short: without that
/// it would be spared with the agent that started it, and private servers end instead.
pub fn expendable(program: &Child) {
    // One that has ended needs no memory.
    drop(fs::write(format!("/proc/{}/oom_score_adj", program.id()), SCORE));
}
