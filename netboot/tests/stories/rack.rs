//! A rack without machines: our servers in one network namespace, clients in another, a cable between them.
//!
//! Both namespaces are nameless and go with the test's thread and its child process, so nothing is left behind. Needs root.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, setns, unshare};
use rackwright_model::{BootStage, MacAddr};
use rackwright_netboot::{BIOS_PROGRAM, Config, Netboot, Running, Snapshot, UEFI_PROGRAM};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::memory_plan::MemoryPlan;

pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
pub const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 100);
pub const MAC: MacAddr = MacAddr([0x52, 0x54, 0, 0, 0, 1]);
pub const IMAGE: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

pub struct Rack {
    pub plan: Arc<MemoryPlan>,
    pub folder: TempDir,
    running: Option<Running>,
    runtime: Runtime,
    /// Lives in the clients' namespace, and ends with its standard input.
    holder: Child,
}

/// Bytes that repeat nowhere near a block, piece or page.
pub fn bytes(length: usize) -> Vec<u8> {
    (0..length as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

impl Rack {
    /// Servers started, the client's end of the cable up, no address on it.
    pub fn up() -> Self {
        assert!(nix::unistd::geteuid().is_root(), "network namespaces need root");
        unshare(CloneFlags::CLONE_NEWNET).expect("a namespace for the servers");
        let holder = std::thread::spawn(|| {
            unshare(CloneFlags::CLONE_NEWNET).expect("a namespace for the clients");
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat starts")
        });
        let holder = holder.join().expect("the namespace is made");
        for line in [
            "ip link set lo up",
            &format!("ip link add rack0 type veth peer name rack1 address {MAC} netns {}", holder.id()),
            "ip addr add 10.77.0.1/24 dev rack0",
            "ip link set rack0 up",
        ] {
            succeed(run(&mut command(line)));
        }
        let folder = tempfile::tempdir().expect("a folder");
        let plan = Arc::new(MemoryPlan::default());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let started = runtime.block_on(Netboot::start(files(folder.path()), plan.clone()));
        let running = Some(started.expect("netboot starts"));
        let rack = Self { plan, folder, running, runtime, holder };
        for line in ["ip link set lo up", "ip link set rack1 up"] {
            rack.succeed(line);
        }
        rack
    }

    /// Like [`Self::up`], with the client at [`CLIENT`] by a lease of [`MAC`].
    pub fn with_client() -> Self {
        let rack = Self::up();
        rack.plan.with(|state| state.leases.insert(MAC, CLIENT));
        rack.succeed(&format!("ip addr add {CLIENT}/24 dev rack1"));
        rack
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command line (no quoting) on the client.
    pub fn client(&self, line: &str) -> Output {
        let mut inside = command("nsenter");
        inside.arg(format!("--net=/proc/{}/ns/net", self.holder.id())).args(line.split_whitespace());
        run(&mut inside)
    }

    /// Like [`Self::client`]; its output, when it succeeds.
    pub fn succeed(&self, line: &str) -> String {
        succeed(self.client(line))
    }

    /// Runs code on the client.
    pub fn on_client<T: Send>(&self, code: impl FnOnce() -> T + Send) -> T {
        let namespace = File::open(format!("/proc/{}/ns/net", self.holder.id())).expect("the namespace");
        std::thread::scope(|scope| {
            let inside = scope.spawn(move || {
                setns(namespace, CloneFlags::CLONE_NEWNET).expect("root may enter it");
                code()
            });
            inside.join().expect("the client's code ends well")
        })
    }

    /// The stations told so far.
    pub fn stages(&self) -> Vec<BootStage> {
        self.plan.with(|state| state.facts.iter().map(|fact| fact.stage).collect())
    }

    pub fn counters(&self) -> Snapshot {
        self.running.as_ref().expect("running").counters().snapshot()
    }

    /// Waits until the servers or the plan got that far.
    pub fn until(&self, what: &str, mut reached: impl FnMut(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !reached(self) {
            assert!(Instant::now() < end, "waited 20 s for {what}; counters: {:?}", self.counters());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the servers.
    pub fn stop(&mut self) {
        let running = self.running.take().expect("running");
        self.runtime.block_on(running.shutdown());
    }

    /// Starts them again.
    pub fn start(&mut self) -> Result<(), rackwright_netboot::StartError> {
        let config = files(self.folder.path());
        self.running = Some(self.runtime.block_on(Netboot::start(config, self.plan.clone()))?);
        Ok(())
    }
}

impl Drop for Rack {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        if let Err(error) = self.holder.wait() {
            eprintln!("could not wait for the namespace's holder: {error}");
        }
    }
}

/// Boot files of odd sizes, and the configuration that serves them.
fn files(folder: &Path) -> Config {
    let write = |name: &str, length: usize| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        if !path.exists() {
            File::create(&path).and_then(|mut file| file.write_all(&bytes(length))).expect("written");
        }
        path
    };
    let tftp_files = BTreeMap::from([
        (BIOS_PROGRAM.to_owned(), write("undionly.kpxe", 70_001)),
        (UEFI_PROGRAM.to_owned(), write("snponly.efi", 1_024 * 512)),
        ("large".to_owned(), write("large", 34_000_000)),
        ("empty".to_owned(), write("empty", 0)),
    ]);
    write("boot/cloud/vmlinuz", 5_000_003);
    write("boot/cloud/provision.cpio.zst", 3_000_001);
    write("boot/agent.cpio", 1_024);
    write(&format!("images/{IMAGE}.tar.zst"), 2_000_000);
    write("secret", 10);
    Config {
        interface: "rack0".into(),
        address: SERVER,
        http_port: 80,
        tftp_files,
        boot_dir: folder.join("boot"),
        images_dir: folder.join("images"),
        center: "10.77.0.1:8444".parse().expect("an address"),
        ca_fingerprint: "ab".repeat(32),
    }
}

fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words);
    command
}

fn run(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

fn succeed(output: Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    out.into_owned()
}
