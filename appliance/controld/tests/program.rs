//! The program: its options, its signals, and a death without warning.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rackwrightd"));
    command.stdin(Stdio::null());
    command
}

fn output(args: &[&str]) -> Output {
    program().args(args).output().expect("started")
}

fn write_config(folder: &Path) -> String {
    let path = folder.join("rackwrightd.toml");
    let text = format!(
        "data_dir = {:?}\nrun_dir = {:?}\n[panel]\nlisten = [\"127.0.0.1:0\"]\n[agents]\nlisten = \"127.0.0.1:0\"\n",
        folder.join("data"),
        folder.join("run")
    );
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// A daemon that listens. Killed when dropped.
struct Running {
    child: Child,
    /// Everything it said on standard error up to then.
    log: String,
    rest: BufReader<std::process::ChildStderr>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Running {
    fn start(config: &str) -> Self {
        let mut child = program()
            .args(["--config", config])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut rest = BufReader::new(child.stderr.take().expect("piped"));
        let mut log = String::new();
        while !log.contains("The Control Center listens") {
            let count = rest.read_line(&mut log).expect("readable");
            assert!(count > 0, "it ended: {log}");
        }
        Self { child, log, rest }
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a process id")), signal).expect("sent");
    }

    /// What it wrote to standard output and, after the start, to standard error.
    fn wait(mut self) -> (i32, String, String) {
        let mut out = String::new();
        self.child.stdout.take().expect("piped").read_to_string(&mut out).expect("readable");
        let mut log = std::mem::take(&mut self.log);
        self.rest.read_to_string(&mut log).expect("readable");
        let status = self.child.wait().expect("ended");
        (status.code().unwrap_or(-1), out, log)
    }
}

#[test]
fn check_says_valid_or_names_every_wrong_key() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let config = write_config(folder.path());
    let good = output(&["--check", "--config", &config]);
    assert!(good.status.success(), "{good:?}");
    assert!(!folder.path().join("data").exists(), "checking makes nothing");

    std::fs::write(&config, "data_dri = \"/x\"\nrun_dir = 1\n").expect("written");
    let bad = output(&["--check", "--config", &config]);
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8_lossy(&bad.stderr);
    assert!(said.contains("did you mean data_dir?") && said.contains("run_dir"), "{said}");

    let missing = output(&["--check", "--config", "/nonexistent.toml"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("correct the path after --config"));
}

#[test]
fn check_warns_of_files_that_are_named_and_missing() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| folder.path().join(name);
    let config = path("rackwrightd.toml").display().to_string();
    let text = format!(
        "agent = {:?}\nipxe_dir = {:?}\n[netboot]\ninterface = \"eth1\"\naddress = \"10.77.0.1\"\n[images]\napt_sources = {:?}\n",
        path("agent"),
        path("ipxe"),
        path("sources.list")
    );
    std::fs::write(&config, &text).expect("written");
    let warnings = || {
        let checked = output(&["--check", "--config", &config]);
        assert!(checked.status.success(), "{checked:?}");
        String::from_utf8(checked.stderr).expect("UTF-8")
    };
    let said = warnings();
    for part in [
        "agent: there is no file",
        "ipxe/undionly.kpxe",
        "ipxe/snponly.efi",
        "images.apt_sources: there is no file",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");

    std::fs::create_dir(path("ipxe")).expect("made");
    for name in ["agent", "ipxe/undionly.kpxe", "ipxe/snponly.efi", "sources.list"] {
        std::fs::write(path(name), "x").expect("written");
    }
    assert_eq!(warnings(), "");
    std::fs::remove_file(path("agent")).expect("removed");
    std::fs::write(&config, text.replace("[netboot]", "[netboot]\nenabled = false")).expect("written");
    assert_eq!(warnings(), "", "nobody is given the agent then");
}

#[test]
fn version_and_example_are_printed() {
    assert_eq!(
        String::from_utf8_lossy(&output(&["--version"]).stdout),
        format!("rackwrightd {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(output(&["--example"]).stdout == include_bytes!("../packaging/rackwrightd.toml"));
}

#[test]
fn it_stops_at_a_signal_and_tells_the_password_only_once_and_never_in_the_log() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let config = write_config(folder.path());
    for (signal, is_first) in [(Signal::SIGTERM, true), (Signal::SIGINT, false)] {
        let daemon = Running::start(&config);
        let begun = Instant::now();
        daemon.signal(signal);
        let (code, out, log) = daemon.wait();
        assert_eq!(code, 0, "{log}");
        assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?} to stop", begun.elapsed());
        assert_eq!(out.contains("one-time password"), is_first, "{out}");
        let password = std::fs::read_to_string(folder.path().join("run/admin-password")).expect("there");
        assert!(!log.contains(password.trim()), "{log}");
    }
}

#[test]
fn the_log_says_what_is_missing_and_what_to_do() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let daemon = Running::start(&write_config(folder.path()));
    daemon.signal(Signal::SIGTERM);
    let (_, _, log) = daemon.wait();
    for said in [
        "Netboot is off",
        "under [netboot]",
        "rackwright environment build generic",
        "rackwright image build",
    ] {
        assert!(log.contains(said), "{said} is not in\n{log}");
    }
}

#[test]
fn a_killed_daemon_starts_again_with_the_same_authority() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let config = write_config(folder.path());
    let authority = || std::fs::read(folder.path().join("data/ca/ca.crt")).expect("there");
    let first = Running::start(&config);
    let before = authority();
    first.signal(Signal::SIGKILL);
    assert_eq!(first.wait().0, -1);
    let second = Running::start(&config);
    assert_eq!(authority(), before);
    second.signal(Signal::SIGTERM);
    assert_eq!(second.wait().0, 0);
}
