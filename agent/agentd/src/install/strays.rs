//! Processes that a package or a post-install command left running inside the new system: they would hold it mounted.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::site::Site;

/// How long they may take to be gone.
const LIMIT: Duration = Duration::from_secs(5);

/// Ends them, and says so in the job's log. What stays shows when unmounting fails.
pub fn end(site: &Site<'_>) {
    let (proc, target) = (&site.places.proc, &site.places.target);
    for (pid, name) in inside(proc, target) {
        site.report.log(&format!("{name} (process {pid}) was left running in the new system and is ended"));
        // It may have ended by itself just now.
        kill(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
    let deadline = Instant::now() + LIMIT;
    while !inside(proc, target).is_empty() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
}

/// Number and name of every process whose root is at or under `target`.
fn inside(proc: &Path, target: &Path) -> Vec<(i32, String)> {
    let entries = fs::read_dir(proc).into_iter().flatten().filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let root = fs::read_link(entry.path().join("root")).ok()?;
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            root.starts_with(target).then(|| (pid, name.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn finds_those_inside_and_nobody_else() {
        let proc = tempfile::tempdir().expect("temporary directory");
        for (pid, root) in
            [("17", "/run/target"), ("18", "/"), ("19", "/run/target2"), ("self", "/run/target")]
        {
            fs::create_dir(proc.path().join(pid)).expect("made");
            symlink(root, proc.path().join(pid).join("root")).expect("linked");
            fs::write(proc.path().join(pid).join("comm"), "stray\n").expect("written");
        }
        assert_eq!(inside(proc.path(), Path::new("/run/target")), [(17, "stray".to_owned())]);
    }
}
