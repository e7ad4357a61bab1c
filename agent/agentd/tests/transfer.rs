//! With a real rsync at both ends: what arrives, and who is turned away.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use rackwright_agent::command::Cancel;
use rackwright_agent::transfer::{Gate, Pass, send};
use rackwright_proto::transfer::Ticket;

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

const AGENT: &str = env!("CARGO_BIN_EXE_rackwright-agent");

fn with_gate<T>(directory: &Path, settings: &Path, work: impl FnOnce(Ticket) -> T) -> T {
    let gate = Gate::open(IpAddr::V4(Ipv4Addr::LOCALHOST)).expect("opened");
    let ticket = Ticket { to: gate.address, fingerprint: gate.fingerprint.clone(), token: TOKEN.to_owned() };
    let ended = Cancel::default();
    thread::scope(|scope| {
        let served = scope.spawn(|| gate.serve(TOKEN, directory, settings, &ended));
        let outcome = work(ticket);
        ended.cancel();
        served.join().expect("no panic").expect("served");
        outcome
    })
}

/// Milliseconds of one and the same second.
fn write_at(path: &Path, text: &str, ms: u64) {
    fs::write(path, text).expect("written");
    let file = fs::File::options().write(true).open(path).expect("there");
    file.set_modified(UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + ms)).expect("set");
}

#[test]
fn what_arrives_is_what_was_there_and_the_second_pass_mends_it() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    fs::create_dir_all(from.join("etc")).expect("made");
    fs::create_dir(&to).expect("made");
    fs::write(from.join("etc/motd"), "hello").expect("written");
    fs::hard_link(from.join("etc/motd"), from.join("etc/issue")).expect("linked");
    symlink("/etc/passwd", from.join("etc/out")).expect("linked");
    let device = ["c", "0", "0"];
    let made = Command::new("mknod").arg(from.join("gone")).args(device).status().expect("mknod runs");
    assert!(made.success(), "a whiteout of overlayfs");
    nix::unistd::chown(&from.join("etc/motd"), Some(1_114_112.into()), Some(1_114_112.into()))
        .expect("given");
    with_gate(&to, &dir.path().join("rsyncd.conf"), |ticket| {
        let cancelled = Cancel::default();
        let transfer =
            Pass { directory: &from, ticket: &ticket, agent: Path::new(AGENT), cancelled: &cancelled };
        write_at(&from.join("etc/motd"), "hello", 100);
        send(&transfer, &mut |_| {}).expect("sent");
        write_at(&from.join("etc/motd"), "HELLO", 900);
        send(&transfer, &mut |_| {}).expect("sent again");
        let arrived = fs::read_to_string(to.join("etc/motd")).expect("there");
        assert_eq!(arrived, "HELLO", "written again within a second, and as long as before");
        fs::write(from.join("etc/motd"), "changed").expect("written");
        fs::write(to.join("stray"), "x").expect("written");
        send(&transfer, &mut |_| {}).expect("sent again");
        let refused = Ticket { token: TOKEN.replace('0', "f"), ..ticket.clone() };
        let transfer =
            Pass { directory: &from, ticket: &refused, agent: Path::new(AGENT), cancelled: &cancelled };
        send(&transfer, &mut |_| {}).expect_err("the token is another");
        let elsewhere = Ticket { fingerprint: "0".repeat(64), ..ticket.clone() };
        let transfer =
            Pass { directory: &from, ticket: &elsewhere, agent: Path::new(AGENT), cancelled: &cancelled };
        let why = send(&transfer, &mut |_| {}).expect_err("the certificate is another").to_string();
        assert!(why.contains("another server answers"), "{why}");
    });
    assert_eq!(fs::read_to_string(to.join("etc/motd")).expect("there"), "changed");
    let motd = fs::metadata(to.join("etc/motd")).expect("there");
    assert_eq!((motd.uid(), motd.nlink()), (1_114_112, 2), "owners by number, hard links kept");
    assert_eq!(fs::read_link(to.join("etc/out")).expect("there"), Path::new("/etc/passwd"));
    assert_eq!(fs::metadata(to.join("gone")).expect("there").rdev(), 0);
    assert!(!to.join("stray").exists(), "what is not at the source goes");
    assert!(!dir.path().join("rsyncd.conf").exists(), "the settings go with the transfer");
}

#[test]
fn a_link_in_the_place_of_a_directory_leads_nowhere() {
    const DIRECTORIES: usize = 200;
    let dir = tempfile::tempdir().expect("temporary directory");
    let [from, to, secret] = ["from", "to", "secret"].map(|name| dir.path().join(name));
    for made in [&from, &to, &secret] {
        fs::create_dir(made).expect("made");
    }
    fs::write(secret.join("file"), "of others").expect("written");
    let pairs: Vec<_> = (0..DIRECTORIES)
        .map(|number| (from.join(format!("own-{number}")), from.join(format!("out-{number}"))))
        .collect();
    for (own, out) in &pairs {
        fs::create_dir(own).expect("made");
        fs::write(own.join("file"), "of itself").expect("written");
        symlink(&secret, out).expect("linked");
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for (own, out) in &pairs {
                    let how = RenameFlags::RENAME_EXCHANGE;
                    renameat2(AT_FDCWD, own, AT_FDCWD, out, how).expect("exchanged");
                }
            }
        });
        with_gate(&to, &dir.path().join("rsyncd.conf"), |ticket| {
            let cancelled = Cancel::default();
            let pass =
                Pass { directory: &from, ticket: &ticket, agent: Path::new(AGENT), cancelled: &cancelled };
            for _ in 0..5 {
                // What it could not read is told as an error.
                drop(send(&pass, &mut |_| {}));
            }
        });
        over.store(true, Ordering::Relaxed);
    });
    let arrived = fs::read_dir(&to).expect("there").flatten().map(|entry| entry.path());
    // What arrived as a link is not read here.
    let directories = arrived.filter(|path| path.symlink_metadata().is_ok_and(|known| known.is_dir()));
    let files: Vec<_> = directories.filter_map(|path| fs::read_to_string(path.join("file")).ok()).collect();
    assert!(!files.is_empty(), "something arrived");
    assert!(files.iter().all(|text| text == "of itself"), "{files:?}");
}

#[test]
fn a_stranger_gets_nowhere() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let to = dir.path().join("to");
    fs::create_dir(&to).expect("made");
    with_gate(&to, &dir.path().join("rsyncd.conf"), |ticket| {
        use std::io::{Read as _, Write as _};
        for bytes in [&b"@RSYNCD: 31.0\nfiles\n"[..], &[0x16, 3, 1, 0xff, 0xff], &[0; 70_000]] {
            let mut socket = std::net::TcpStream::connect(ticket.to).expect("open");
            drop(socket.write_all(bytes));
            let mut said = Vec::new();
            drop(socket.read_to_end(&mut said));
            assert!(!String::from_utf8_lossy(&said).contains("RSYNCD"));
        }
    });
    assert_eq!(fs::read_dir(&to).expect("there").count(), 0);
}
