//! Images and environments built for real, from the package sources of this machine. Needs root, network and mmdebstrap; the
//! boot needs QEMU. The names begin with `slow_` so that the quick run leaves them out.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rackwright_images::builder::{BuildError, ImageSpec, Service, build_image};
use rackwright_images::provision::{Environment, KERNEL_FILE, RAM_DISK_FILE, agent_cpio, build_environment};
use rackwright_images::repository::{Repository, image_path, verify};
use rackwright_images::{Flavour, Manifest, Watch};
use rackwright_model::Firmware;
use rackwright_model::profile::ImagePurpose;

/// Longest wait for the environment's first program, with the machine emulated in software and shared with other tests.
const BOOT_LIMIT: Duration = Duration::from_secs(120);

fn spec() -> ImageSpec {
    ImageSpec::debian_12("debian-12".parse().expect("a name"), Flavour::Cloud)
}

/// Path in the image, and its first bytes.
fn contents(image: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = std::fs::File::open(image).expect("opens");
    let mut archive = tar::Archive::new(zstd::Decoder::new(file).expect("zstd"));
    let mut all = BTreeMap::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").to_string_lossy().trim_start_matches("./").to_owned();
        let mut content = Vec::new();
        entry.by_ref().take(4_096).read_to_end(&mut content).expect("content");
        all.insert(path, content);
    }
    all
}

fn nothing_is_mounted_below(directory: &Path) {
    let mounts = std::fs::read_to_string("/proc/self/mounts").expect("mounts");
    assert!(!mounts.contains(&*directory.to_string_lossy()), "{mounts}");
}

#[test]
fn slow_an_image_holds_a_system_without_secrets() {
    let directory = tempfile::tempdir().expect("a directory");
    let (work, out) = (directory.path().join("work"), directory.path().join("images"));
    let last = Cell::new(0.0);
    let report = |progress: rackwright_images::Progress| {
        assert!(progress.fraction >= last.get(), "{progress:?} after {}", last.get());
        last.set(progress.fraction);
    };
    let manifest = build_image(&spec(), &work, &out, Watch::new(&report, &|| false)).expect("builds");
    assert_eq!((manifest.version.as_str(), manifest.arch.as_str()), ("12", "amd64"));
    assert_eq!(manifest.firmware, [Firmware::Bios, Firmware::Uefi]);
    assert!(manifest.unpacked_bytes < 450 << 20, "{manifest:?}");
    assert_eq!(Repository::open(&out).expect("opens").manifest(&manifest.name).expect("is there"), manifest);
    verify(&out, &manifest.sha256).expect("is whole");
    looks_right(&manifest, &contents(&image_path(&out, &manifest.sha256)));
    nothing_is_mounted_below(directory.path());
    assert_eq!(std::fs::read_dir(&work).expect("reads").count(), 0, "the work directory is cleared");
}

fn looks_right(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>) {
    assert!(manifest.os.contains("Debian GNU/Linux 12"), "{manifest:?}");
    for path in files.keys() {
        assert!(!path.starts_with("etc/ssh/ssh_host_"), "{path}");
        assert!(!path.ends_with("/99mmdebstrap"), "{path}");
        assert!(
            !path.starts_with("var/lib/apt/lists/") || path.ends_with('/') || path.ends_with("/lock"),
            "{path}"
        );
    }
    assert_eq!(files.get("etc/machine-id").map(Vec::len), Some(0));
    for path in ["etc/hostname", "etc/.resolv.conf.systemd-resolved.bak"] {
        assert!(!files.contains_key(path), "{path} is about the building machine");
    }
    for path in [
        "boot/grub/i386-pc/core.img",
        "usr/lib/shim/shimx64.efi.signed",
        "usr/sbin/mkfs.xfs",
        "usr/bin/sudo",
        "usr/bin/crun",
        "usr/bin/lxcfs",
        "etc/systemd/system/multi-user.target.wants/lxcfs.service",
        "etc/systemd/system/lxcfs.service.d/rackwright.conf",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    let sources = files.iter().filter(|(path, _)| path.starts_with("etc/apt/sources.list"));
    assert!(sources.into_iter().any(|(_, text)| text.windows(8).any(|word| word == b"bookworm")));
    let kernel = files.keys().find(|path| path.starts_with("boot/vmlinuz-")).expect("a kernel");
    assert!(files.contains_key(&kernel.replace("vmlinuz", "initrd.img")), "{kernel}");
}

#[test]
fn slow_a_template_is_a_small_system_without_kernel_and_identity() {
    let directory = tempfile::tempdir().expect("a directory");
    let (work, out) = (directory.path().join("work"), directory.path().join("images"));
    let spec = ImageSpec::debian_12_private("debian-12-web".parse().expect("a name"), Service::Web);
    let manifest = build_image(&spec, &work, &out, Watch::nobody()).expect("builds");
    assert_eq!((manifest.purpose, manifest.firmware.len()), (ImagePurpose::PrivateServer, 0));
    assert!(manifest.unpacked_bytes < 300 << 20, "{manifest:?}");
    let files = contents(&image_path(&out, &manifest.sha256));
    assert_eq!(files.get("etc/machine-id").map(Vec::len), Some(0));
    for path in
        ["etc/hostname", "etc/resolv.conf", "etc/ssh/ssh_host_ed25519_key", "usr/lib/systemd/systemd-udevd"]
    {
        assert!(!files.contains_key(path), "{path}");
    }
    for path in [
        "usr/sbin/sshd",
        "usr/sbin/nginx",
        "usr/sbin/cron",
        "usr/bin/curl",
        "etc/systemd/system/getty.target",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    let shadow = String::from_utf8_lossy(files.get("etc/shadow").expect("accounts"));
    assert!(
        shadow.lines().any(|line| line.starts_with("root:!") || line.starts_with("root:*")),
        "root is locked"
    );
    nothing_is_mounted_below(directory.path());
}

#[test]
fn slow_a_cancelled_build_leaves_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let (work, out) = (directory.path().join("work"), directory.path().join("images"));
    let stop = Cell::new(false);
    // Late enough for mmdebstrap to have mounted things.
    let report =
        |progress: rackwright_images::Progress| stop.set(progress.sentence.contains("other packages"));
    let stopped = || stop.get();
    let watch = Watch::new(&report, &stopped);
    let error = build_image(&spec(), &work, &out, watch).expect_err("stopped");
    assert!(matches!(error, BuildError::Cancelled(_)), "{error}");
    nothing_is_mounted_below(directory.path());
    for left in [&work, &out] {
        assert_eq!(std::fs::read_dir(left).expect("reads").count(), 0, "{}", left.display());
    }
}

#[test]
fn slow_the_environment_boots() {
    let directory = tempfile::tempdir().expect("a directory");
    let (work, out) = (directory.path().join("work"), directory.path().join("boot"));
    let built = build_environment(Flavour::Cloud, None, &work, &out, Watch::nobody()).expect("builds");
    assert!(built.ram_disk_bytes < 15 << 20, "{built:?}");
    assert_eq!(Environment::read(&out, Flavour::Cloud), Some(built));
    nothing_is_mounted_below(directory.path());
    let files = out.join("cloud");
    // Any static program serves as the agent here; busybox misses its start script as soon as it runs.
    let (busybox, agent) = (files.join("busybox"), files.join("agent.cpio"));
    std::fs::write(&busybox, in_ram_disk(&files.join(RAM_DISK_FILE), "bin/busybox")).expect("writes");
    agent_cpio(&busybox, &agent).expect("packs");
    let mut ram_disk = std::fs::read(files.join(RAM_DISK_FILE)).expect("reads");
    ram_disk.extend(std::fs::read(&agent).expect("reads"));
    let whole = files.join("whole");
    std::fs::write(&whole, ram_disk).expect("writes");
    assert!(boots(&files.join(KERNEL_FILE), &whole, "/etc/init.d/rcS"));
}

/// Content of a file in the RAM disk.
fn in_ram_disk(ram_disk: &Path, name: &str) -> Vec<u8> {
    let packed = BufReader::new(std::fs::File::open(ram_disk).expect("opens"));
    let mut archive = zstd::Decoder::with_buffer(packed).expect("zstd").single_frame();
    loop {
        let mut reader = cpio::newc::Reader::new(archive).expect("an entry");
        assert!(!reader.entry().is_trailer(), "{name} is in the RAM disk");
        if reader.entry().name() == name {
            let mut content = Vec::new();
            reader.read_to_end(&mut content).expect("content");
            return content;
        }
        archive = reader.finish().expect("the next");
    }
}

/// Whether the machine says `word` on its serial line within [`BOOT_LIMIT`].
fn boots(kernel: &Path, ram_disk: &Path, word: &str) -> bool {
    let mut machine = Command::new("qemu-system-x86_64")
        .args(["-accel", "tcg", "-machine", "q35", "-m", "256", "-nographic", "-no-reboot", "-net", "none"])
        .args(["-append", "console=ttyS0 panic=-1", "-kernel"])
        .arg(kernel)
        .arg("-initrd")
        .arg(ram_disk)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("QEMU is installed");
    let output = machine.stdout.take().expect("piped");
    let (sender, lines) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            drop(sender.send(String::from_utf8_lossy(&line).into_owned()));
        }
    });
    let started = Instant::now();
    let mut said = String::new();
    let found = loop {
        let left = BOOT_LIMIT.saturating_sub(started.elapsed());
        match lines.recv_timeout(left) {
            Ok(line) if line.contains(word) => break true,
            Ok(line) => said.push_str(&line),
            Err(_) => break false,
        }
    };
    machine.kill().expect("ends");
    machine.wait().expect("ended");
    reader.join().expect("reads to the end");
    if !found {
        eprintln!("{said}");
    }
    found
}
