//! The whole install with the image real, the disk's files in a directory, and programs only recorded.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Mutex;

use rackwright_model::profile::{
    DataPartition, DiskLayout, ImageFormat, NetworkChoice, PackageSource, Profile, SystemUser,
};
use rackwright_model::{BootStage, Firmware, InstallId, MacAddr, ServerId};
use rackwright_proto::{AgentSeed, Failure, ImageSource, NetworkSettings, Order};

use super::engine::carry_out;
use super::site::{Places, Report, Site, Volumes};
use crate::command::{Cancel, CommandError, Program, Runner};

/// Programs that were asked for; those whose line holds `fails` fail. There is one package, htop.
#[derive(Default)]
struct Recorded {
    asked: Mutex<Vec<Program>>,
    fails: Option<&'static str>,
}

impl Runner for Recorded {
    fn run_with(&self, program: &Program, say: &mut dyn FnMut(&str)) -> Result<(), CommandError> {
        self.asked.lock().expect("unpoisoned").push(program.clone());
        let line = program.to_string();
        if self.fails.is_some_and(|word| line.contains(word)) {
            let tail = crate::command::Tail::default();
            return Err(CommandError::Failed { program: line, status: ExitStatus::from_raw(1 << 8), tail });
        }
        if line.ends_with("pkgnames") {
            say("htop");
        }
        Ok(())
    }
}

impl Recorded {
    fn lines(&self) -> Vec<String> {
        self.asked.lock().expect("unpoisoned").iter().map(ToString::to_string).collect()
    }
}

#[derive(Default)]
struct Reported {
    stages: Mutex<Vec<BootStage>>,
    lines: Mutex<Vec<String>>,
}

impl Report for Reported {
    fn stage(&self, stage: BootStage, _: String) {
        self.stages.lock().expect("unpoisoned").push(stage);
    }

    fn log(&self, line: &str) {
        self.lines.lock().expect("unpoisoned").push(line.to_owned());
    }

    fn progress(&self, _: u64, _: u64) {}
}

struct Machine {
    directory: tempfile::TempDir,
    places: Places,
    runner: Recorded,
    reported: Reported,
    cancel: Cancel,
    order: Order,
}

const DISK_MIB: u64 = 2_048;

impl Machine {
    /// A machine with one disk of 2 GiB and an image with the files a system needs.
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let places = Places {
            dev: directory.path().join("dev"),
            sys: directory.path().join("sys"),
            proc: directory.path().join("proc"),
            target: directory.path().join("target"),
            program: "/proc/self/exe".into(),
        };
        let put = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().expect("has a parent")).expect("made");
            fs::write(path, text).expect("written");
        };
        put(&places.sys.join("block/vda/size"), &(DISK_MIB * 2048).to_string());
        put(&places.proc.join("mounts"), "rootfs / rootfs rw 0 0\n");
        for name in ["vda", "vda1", "vda2", "vda3", "vda4"] {
            put(&places.dev.join(name), &"signature ".repeat(300_000));
        }
        let order = order(&serve(&system()));
        Self {
            directory,
            places,
            runner: Recorded::default(),
            reported: Reported::default(),
            cancel: Cancel::default(),
            order,
        }
    }

    fn install(&self, firmware: Firmware) -> Result<(), Failure> {
        carry_out(&Site {
            order: &self.order,
            firmware,
            mac: MacAddr([2, 0, 0, 0, 0, 1]),
            places: &self.places,
            volumes: Volumes {
                root_uuid: "root-uuid".into(),
                data_uuid: "data-uuid".into(),
                esp_serial: "1a2b3c4d".into(),
                machine_id: "00112233445566778899aabbccddeeff".into(),
            },
            runner: &self.runner,
            report: &self.reported,
            cancel: &self.cancel,
        })
    }

    fn installed(&self, path: &str) -> String {
        fs::read_to_string(self.places.target.join(path)).expect(path)
    }

    fn disk_is_wiped(&self) -> bool {
        ["vda", "vda2", "vda3"].iter().all(|name| {
            fs::read(self.places.dev.join(name)).expect("there")[..1 << 20].iter().all(|byte| *byte == 0)
        })
    }

    fn disk_is_untouched(&self) -> bool {
        fs::read(self.places.dev.join("vda")).expect("there").starts_with(b"signature")
    }
}

fn system() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in [
        ("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n"),
        ("etc/machine-id", "0123456789abcdef\n"),
        ("usr/share/zoneinfo/Europe/Berlin", "TZif"),
        ("boot/vmlinuz-6.1.0", "kernel"),
        ("usr/bin/ssh-keygen", ""),
        ("etc/ssh/sshd_config", ""),
        ("etc/apt/sources.list", "deb http://image.example/debian bookworm main\n"),
        ("etc/apt/sources.list.d/more.sources", "Types: deb\n"),
        ("etc/apt/sources.list.d/README", ""),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_uid(u64::from(nix::unistd::getuid().as_raw()));
        header.set_gid(u64::from(nix::unistd::getgid().as_raw()));
        header.set_mtime(1);
        archive.append_data(&mut header, path, text.as_bytes()).expect("written");
    }
    zstd::encode_all(&archive.into_inner().expect("whole")[..], 1).expect("compressed")
}

/// Serves the file for as long as the test runs.
fn serve(file: &[u8]) -> ImageSource {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/image", listener.local_addr().expect("bound"));
    let sha256 = ring::digest::digest(&ring::digest::SHA256, file);
    let sha256 = sha256.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let source = ImageSource {
        url,
        format: ImageFormat::TarZst,
        sha256,
        bytes: file.len() as u64,
        unpacked_bytes: 4096,
    };
    let file = file.to_vec();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { continue };
            if socket.read(&mut [0; 4096]).is_err() {
                continue;
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", file.len());
            socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(&file)).ok();
        }
    });
    source
}

fn order(image: &ImageSource) -> Order {
    Order {
        install: InstallId(5),
        host_name: "r1-u07".into(),
        disk: "vda".into(),
        image: image.clone(),
        profile: Profile {
            image: "debian-12".parse().expect("a name"),
            disk: DiskLayout { target: "first".into(), root_mib: 1_024, data: DataPartition::Xfs },
            users: vec![SystemUser {
                name: "root".into(),
                ssh_keys: vec!["ssh-ed25519 AAAAexample somebody".into()],
                password_hash: Some("$y$hash".into()),
                sudo: false,
            }],
            timezone: "Europe/Berlin".into(),
            domain: Some("example.net".into()),
            network: NetworkChoice::Dhcp,
            packages: vec!["htop".into()],
            package_sources: Vec::new(),
            without_image_sources: false,
            post_install: vec!["touch /etc/done".into()],
        },
        network: NetworkSettings {
            address: Ipv4Addr::new(10, 77, 0, 20),
            prefix: 24,
            router: None,
            dns: vec![Ipv4Addr::new(10, 77, 0, 1)],
        },
        agent: AgentSeed {
            server: ServerId(4),
            center: "10.77.0.1:8444".into(),
            authority_pem: "authority".into(),
            token: "one-time-token".into(),
        },
    }
}

#[test]
fn a_blank_disk_becomes_the_ordered_system() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    machine.install(Firmware::Bios).expect("installed");
    let stages = machine.reported.stages.lock().expect("unpoisoned").clone();
    assert_eq!(stages, [BootStage::Disk, BootStage::Image, BootStage::Configure, BootStage::Bootloader]);
    assert_eq!(machine.installed("etc/hostname"), "r1-u07\n");
    assert_eq!(machine.installed("etc/machine-id"), "00112233445566778899aabbccddeeff\n");
    assert!(machine.installed("etc/fstab").contains("UUID=data-uuid /srv xfs defaults,prjquota"));
    assert!(
        machine
            .installed("etc/systemd/network/10-rackwright.network")
            .contains("MACAddress=02:00:00:00:00:01")
    );
    assert!(machine.installed("root/.ssh/authorized_keys").starts_with("ssh-ed25519"));
    assert!(machine.installed("etc/rackwright/enrol.json").contains("one-time-token"));
    let mode = |path: &str| {
        fs::metadata(machine.places.target.join(path)).expect(path).permissions().mode() & 0o7777
    };
    assert_eq!((mode("etc/rackwright"), mode("etc/rackwright/enrol.json")), (0o700, 0o600));
    assert_eq!((mode("usr/local/sbin/rackwright-agent"), mode("root/.ssh")), (0o755, 0o700));
    assert!(!machine.places.target.join("usr/sbin/policy-rc.d").exists());

    let lines = machine.runner.lines();
    let at = |part: &str| {
        lines.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part} in {lines:#?}"))
    };
    let order = [
        "sfdisk",
        "mkfs.vfat",
        "mkfs.ext4",
        "mkfs.xfs",
        "mount -t ext4",
        "chpasswd -e",
        "ssh-keygen -A",
        "htop",
        "touch /etc/done",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) <= at(pair[1])), "{lines:#?}");
    assert!(at("grub-install --target=i386-pc") < at("update-grub"));
}

#[test]
fn packages_come_from_the_sources_of_the_profile() {
    let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----";
    for without_image_sources in [false, true] {
        let mut machine = Machine::new();
        machine.order.profile.without_image_sources = without_image_sources;
        machine.order.profile.package_sources = vec![PackageSource {
            uri: "http://10.77.0.1/debian".into(),
            suite: "bookworm".into(),
            components: vec!["main".into()],
            key: Some(key.into()),
            unsigned: false,
        }];
        machine.install(Firmware::Bios).expect("installed");
        let source = machine.installed("etc/apt/sources.list.d/rackwright-1.sources");
        assert!(source.contains("Signed-By: /etc/apt/keyrings/rackwright-1.asc\n"), "{source}");
        assert_eq!(machine.installed("etc/apt/keyrings/rackwright-1.asc"), format!("{key}\n"));
        for (path, read_by_apt) in
            [("sources.list", true), ("sources.list.d/more.sources", true), ("sources.list.d/README", false)]
        {
            let off = without_image_sources && read_by_apt;
            let path = machine.places.target.join("etc/apt").join(path);
            assert_eq!(path.exists(), !off, "{}", path.display());
            assert_eq!(path.with_added_extension("disabled").exists(), off, "{}", path.display());
        }
    }
}

#[test]
fn a_package_that_no_source_has_ends_the_install() {
    let mut machine = Machine::new();
    machine.order.profile.packages = vec!["htop".into(), "htpo".into(), "no.such".into()];
    let failure = machine.install(Firmware::Bios).expect_err("there is none");
    assert_eq!(failure.stage, BootStage::Configure);
    assert!(failure.reason.ends_with("has a package htpo, no.such"), "{failure:?}");
    let lines = machine.runner.lines();
    assert!(
        !lines.iter().any(|line| line.contains("htpo")),
        "apt-get might find a meaning in it: {lines:#?}"
    );
    assert!(machine.disk_is_wiped());
}

#[test]
fn no_secret_is_on_a_command_line() {
    let machine = Machine::new();
    machine.install(Firmware::Uefi).expect("installed");
    for line in machine.runner.lines() {
        assert!(!line.contains("$y$hash") && !line.contains("one-time-token"), "{line}");
    }
    for line in machine.reported.lines.lock().expect("unpoisoned").iter() {
        assert!(!line.contains("$y$hash") && !line.contains("one-time-token"), "{line}");
    }
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_wiped() {
    type Spoil = fn(&mut Machine);
    let cases: [(Spoil, &str); 6] = [
        (|machine| machine.order.disk = "sdx".into(), "vda (2048 MiB)"),
        (|machine| machine.order.disk = "../vda".into(), "vda (2048 MiB)"),
        (|machine| machine.order.profile.disk.root_mib = 4_096, "needs 4546 MiB"),
        (|machine| machine.order.image.unpacked_bytes = 1 << 30, "does not fit the root file system"),
        (
            |machine| {
                fs::write(
                    machine.places.proc.join("mounts"),
                    format!("{} /mnt ext4 rw 0 0\n", machine.places.dev.join("vda2").display()),
                )
                .expect("written")
            },
            "mounted at /mnt",
        ),
        (|machine| machine.order.image.sha256 = "short".into(), "64 hexadecimal digits"),
    ];
    for (spoil, words) in cases {
        let mut machine = Machine::new();
        spoil(&mut machine);
        let failure = machine.install(Firmware::Bios).expect_err(words);
        assert!(failure.reason.contains(words) && !failure.advice.is_empty(), "{failure:?}");
        assert!(
            !failure.disk_touched && machine.disk_is_untouched() && machine.runner.lines().is_empty(),
            "{failure:?}"
        );
    }
}

#[test]
fn a_wrong_hash_leaves_nothing_that_could_boot() {
    let mut machine = Machine::new();
    machine.order.image.sha256 = "0".repeat(64);
    let failure = machine.install(Firmware::Bios).expect_err("wrong");
    assert_eq!(failure.stage, BootStage::Image);
    assert!(failure.reason.contains(&"0".repeat(64)) && failure.disk_touched, "{failure:?}");
    assert!(machine.disk_is_wiped());
}

#[test]
fn a_failing_command_ends_the_install_at_its_stage() {
    for (word, stage) in [
        ("sfdisk", BootStage::Disk),
        ("mkfs.xfs", BootStage::Disk),
        ("touch /etc/done", BootStage::Configure),
        ("grub-install", BootStage::Bootloader),
    ] {
        let mut machine = Machine::new();
        machine.runner.fails = Some(word);
        let failure = machine.install(Firmware::Uefi).expect_err(word);
        assert_eq!(failure.stage, stage, "{failure:?}");
        assert!(
            failure.reason.contains("exit code 1") && failure.disk_touched && machine.disk_is_wiped(),
            "{failure:?}"
        );
    }
}

#[test]
fn a_cancelled_install_says_so_and_wipes() {
    let machine = Machine::new();
    machine.cancel.cancel();
    let failure = machine.install(Firmware::Bios).expect_err("cancelled");
    assert!(failure.reason.contains("cancelled"), "{failure:?}");
    assert!(machine.disk_is_wiped());
    drop(machine.directory);
}

#[test]
fn a_disk_whose_name_ends_in_a_digit_has_partitions_with_a_p() {
    let mut machine = Machine::new();
    machine.order.disk = "nvme0n1".into();
    let size = machine.places.sys.join("block/nvme0n1/size");
    fs::create_dir_all(size.parent().expect("has a parent")).expect("made");
    fs::write(size, (DISK_MIB * 2048).to_string()).expect("written");
    fs::write(machine.places.dev.join("nvme0n1p4"), "").expect("written");
    machine.install(Firmware::Bios).expect("installed");
    let lines = machine.runner.lines();
    assert!(
        lines.iter().any(|line| line.starts_with("mkfs.ext4") && line.ends_with("nvme0n1p3")),
        "{lines:#?}"
    );
}
