//! The image phase against a real HTTP server that misbehaves as real ones do.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use tar::{Builder, EntryType, Header};

use super::{FetchError, ImageError, Lists, Source, Watch, stream};
use crate::command::Cancel;
use crate::fingerprint::hex;

/// Answers one request on one connection; the second argument counts connections.
type Answer = dyn Fn(&mut TcpStream, usize, u64) + Send + 'static;

/// Serves with `answer`, which gets the first byte that was asked for; notes those.
fn serve(answer: Box<Answer>) -> (SocketAddr, Arc<Mutex<Vec<u64>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&asked);
    thread::spawn(move || {
        for (number, socket) in listener.incoming().enumerate() {
            let Ok(mut socket) = socket else { continue };
            let Some(first) = request(&mut socket) else { continue };
            note.lock().expect("unpoisoned").push(first);
            answer(&mut socket, number, first);
        }
    });
    (address, asked)
}

fn request(socket: &mut TcpStream) -> Option<u64> {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).ok()?;
        text.push(byte[0]);
    }
    let text = String::from_utf8(text).ok()?;
    let range = text.lines().find_map(|line| line.strip_prefix("Range: bytes="));
    Some(range.map_or(0, |range| range.trim_end_matches('-').parse().expect("a number")))
}

/// The answer that a correct server gives, up to `most` bytes of body.
fn correct(socket: &mut TcpStream, file: &[u8], first: u64, most: usize) {
    let at = usize::try_from(first).expect("small");
    let total = file.len();
    let head = if first == 0 {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n\r\n")
    } else {
        format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {first}-{}/{total}\r\nContent-Length: {}\r\n\r\n",
            total - 1,
            total - at
        )
    };
    let body = &file[at..];
    socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(&body[..body.len().min(most)])).ok();
}

fn header(kind: EntryType, size: usize, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(mode);
    header.set_uid(u64::from(nix::unistd::getuid().as_raw()));
    header.set_gid(u64::from(nix::unistd::getgid().as_raw()));
    header.set_mtime(1_700_000_000);
    header
}

/// Bytes that do not compress, so that an image has a size.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    })
    .take(count)
    .collect()
}

fn system() -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    let mut add = |kind, path: &str, mode, content: &[u8]| {
        archive.append_data(&mut header(kind, content.len(), mode), path, content).expect("written");
    };
    add(EntryType::Directory, "./", 0o755, b"");
    add(EntryType::Directory, "usr/", 0o755, b"");
    add(EntryType::Directory, "usr/bin/", 0o2775, b"");
    add(EntryType::Regular, "usr/bin/sudo", 0o4755, &noise(900_000));
    add(EntryType::Regular, "usr/bin/empty", 0o600, b"");
    add(EntryType::Regular, "deep/without/directories", 0o644, b"made");
    add(EntryType::Fifo, "usr/fifo", 0o640, b"");
    let mut link = header(EntryType::Symlink, 0, 0o777);
    archive.append_link(&mut link, "bin", "usr/bin").expect("written");
    archive
        .append_data(&mut header(EntryType::Regular, 4, 0o666), "bin/through-link", &b"here"[..])
        .expect("written");
    let mut hard = header(EntryType::Link, 0, 0o644);
    archive.append_link(&mut hard, "usr/bin/sudoedit", "usr/bin/sudo").expect("written");
    archive.into_inner().expect("whole")
}

struct Image {
    file: Vec<u8>,
    sha256: String,
}

fn image(archive: &[u8]) -> Image {
    let file = zstd::encode_all(archive, 1).expect("compressed");
    let sha256 = hex(digest(&SHA256, &file).as_ref());
    Image { file, sha256 }
}

#[derive(Default)]
struct Seen {
    notes: Vec<String>,
    done: u64,
}

impl Watch for Seen {
    fn progress(&mut self, done: u64) {
        self.done = done;
    }

    fn note(&mut self, line: &str) {
        self.notes.push(line.to_owned());
    }
}

fn source(server: SocketAddr, bytes: usize, patience: Duration) -> Source {
    Source::new(&format!("http://{server}/images/x.tar.zst"), bytes as u64, patience).expect("a URL")
}

const PATIENCE: Duration = Duration::from_secs(60);

fn install(image: &Image, server: SocketAddr, root: &Path) -> (Result<u64, ImageError>, Seen) {
    let mut seen = Seen::default();
    let source = source(server, image.file.len(), PATIENCE);
    let result = stream(&source, &image.sha256, root, Lists::Kept, &Cancel::default(), &mut seen);
    (result, seen)
}

#[test]
fn a_system_arrives_with_modes_links_and_times() {
    let image = image(&system());
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    let root = tempfile::tempdir().expect("temporary directory");
    let (files, seen) = install(&image, server, root.path());
    assert_eq!(files.expect("unpacked"), 10);
    assert_eq!(seen.done, image.file.len() as u64);

    let meta = |path: &str| fs::symlink_metadata(root.path().join(path)).expect(path);
    let mode = |path: &str| meta(path).permissions().mode() & 0o7777;
    assert_eq!(fs::read(root.path().join("usr/bin/sudo")).expect("there"), noise(900_000));
    assert_eq!((mode("usr/bin/sudo"), mode("usr/bin"), mode("usr/bin/empty")), (0o4755, 0o2775, 0o600));
    assert_eq!((mode("usr/fifo"), mode("usr/bin/through-link")), (0o640, 0o666));
    assert_eq!(meta("usr/bin/sudo").ino(), meta("usr/bin/sudoedit").ino());
    assert_eq!(fs::read_link(root.path().join("bin")).expect("a link"), Path::new("usr/bin"));
    for path in ["usr", "usr/bin", "usr/bin/sudo", "bin", "usr/fifo"] {
        assert_eq!(meta(path).mtime(), 1_700_000_000, "{path}");
    }
    assert_eq!(fs::read(root.path().join("deep/without/directories")).expect("there"), b"made");
}

#[test]
fn a_broken_connection_resumes_where_it_ended() {
    let image = image(&system());
    let file = image.file.clone();
    // Every connection breaks after 300,000 bytes.
    let (server, asked) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, 300_000)));
    let root = tempfile::tempdir().expect("temporary directory");
    let (files, seen) = install(&image, server, root.path());
    files.expect("unpacked");
    assert!(asked.lock().expect("unpoisoned").starts_with(&[0, 300_000, 600_000]));
    assert!(seen.notes[0].contains("300000"), "{:?}", seen.notes);
}

#[test]
fn lists_of_access_are_left_out_where_they_would_name_strangers() {
    let mut archive = Builder::new(Vec::new());
    // None that any file system would take.
    let list = [("SCHILY.xattr.system.posix_acl_default", &b"none"[..])];
    archive.append_pax_extensions(list).expect("written");
    archive.append_data(&mut header(EntryType::Directory, 0, 0o755), "journal/", &b""[..]).expect("written");
    let image = image(&archive.into_inner().expect("whole"));
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    let source = source(server, image.file.len(), PATIENCE);
    let unpacked = |lists| {
        let root = tempfile::tempdir().expect("temporary directory");
        stream(&source, &image.sha256, root.path(), lists, &Cancel::default(), &mut Seen::default())
    };
    assert_eq!(unpacked(Lists::LeftOut).expect("unpacked"), 1);
    assert!(matches!(unpacked(Lists::Kept).expect_err("no list"), ImageError::Unpack(_)));
}

#[test]
fn a_server_without_range_is_run_through_again() {
    let image = image(&system());
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, number, _| {
        correct(socket, &file, 0, if number == 0 { 500_000 } else { usize::MAX });
    }));
    let root = tempfile::tempdir().expect("temporary directory");
    install(&image, server, root.path()).0.expect("unpacked");
}

#[test]
fn a_restarting_server_is_waited_for() {
    let image = image(&system());
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, number, first| match number {
        0 => {
            socket.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n").expect("sent")
        }
        1 => {}
        _ => correct(socket, &file, first, usize::MAX),
    }));
    let root = tempfile::tempdir().expect("temporary directory");
    install(&image, server, root.path()).0.expect("unpacked");
}

#[test]
fn a_corrupt_image_is_named_by_both_hashes_whatever_else_it_breaks() {
    let image = image(&system());
    for at in [3, 5_000, image.file.len() / 2, image.file.len() - 1] {
        let mut file = image.file.clone();
        file[at] ^= 0x40;
        let found = hex(digest(&SHA256, &file).as_ref());
        let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
        let root = tempfile::tempdir().expect("temporary directory");
        let why = install(&image, server, root.path()).0.expect_err("corrupt").to_string();
        assert!(why.contains(&found) && why.contains(&image.sha256), "byte {at}: {why}");
    }
}

#[test]
fn a_file_of_another_length_is_refused_before_a_byte_is_read() {
    let image = image(&system());
    let file = image.file[..1000].to_vec();
    let (server, asked) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    let root = tempfile::tempdir().expect("temporary directory");
    let why = install(&image, server, root.path()).0.expect_err("truncated");
    assert!(matches!(why, ImageError::Fetch(FetchError::Length { found: 1000, .. })), "{why}");
    assert_eq!(asked.lock().expect("unpoisoned").len(), 1);
}

#[test]
fn a_missing_file_fails_at_once_and_a_dead_server_when_patience_ends() {
    let image = image(&system());
    let (server, asked) = serve(Box::new(|socket, _, _| {
        socket.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").expect("sent");
    }));
    let root = tempfile::tempdir().expect("temporary directory");
    let why = install(&image, server, root.path()).0.expect_err("missing");
    assert!(matches!(why, ImageError::Fetch(FetchError::Status { status: 404, .. })), "{why}");
    assert_eq!(asked.lock().expect("unpoisoned").len(), 1);

    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| {
        correct(socket, &file, first, if first == 0 { 100 } else { 0 })
    }));
    let source = source(server, image.file.len(), Duration::from_secs(2));
    let why =
        stream(&source, &image.sha256, root.path(), Lists::Kept, &Cancel::default(), &mut Seen::default())
            .expect_err("dead");
    assert!(matches!(why, ImageError::Fetch(FetchError::GaveUp { done: 100, .. })), "{why}");
}

#[test]
fn a_cancelled_install_stops_a_stalled_stream() {
    let image = image(&system());
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| {
        correct(socket, &file, first, 100);
        thread::sleep(Duration::from_secs(30));
    }));
    let root = tempfile::tempdir().expect("temporary directory");
    let cancel = Cancel::default();
    let later = cancel.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        later.cancel();
    });
    let source = source(server, image.file.len(), PATIENCE);
    let why = stream(&source, &image.sha256, root.path(), Lists::Kept, &cancel, &mut Seen::default())
        .expect_err("cancelled");
    assert!(matches!(why, ImageError::Fetch(FetchError::Cancelled { .. })), "{why}");
}

#[test]
fn a_whole_file_that_is_no_image_is_told_so() {
    let plain = Image { file: noise(70_000), sha256: hex(digest(&SHA256, &noise(70_000)).as_ref()) };
    let (server, _) =
        serve(Box::new(move |socket, _, first| correct(socket, &noise(70_000), first, usize::MAX)));
    let root = tempfile::tempdir().expect("temporary directory");
    let why = install(&plain, server, root.path()).0.expect_err("no image");
    assert!(matches!(why, ImageError::Decompress(_)), "{why}");

    let text = image(&noise(70_000));
    let file = text.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    let why = install(&text, server, root.path()).0.expect_err("no archive");
    assert!(matches!(why, ImageError::Unpack(_)), "{why}");
}

/// Unpacks one hand-made member beside a directory that it must not reach.
fn attack(build: impl FnOnce(&mut Builder<Vec<u8>>)) -> (tempfile::TempDir, Result<u64, ImageError>) {
    let dir = tempfile::tempdir().expect("temporary directory");
    fs::create_dir_all(dir.path().join("root")).expect("made");
    fs::create_dir_all(dir.path().join("outside")).expect("made");
    fs::write(dir.path().join("outside/secret"), "untouched").expect("written");
    let mut archive = Builder::new(Vec::new());
    build(&mut archive);
    let image = image(&archive.into_inner().expect("whole"));
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    let result = install(&image, server, &dir.path().join("root")).0;
    assert_eq!(fs::read_to_string(dir.path().join("outside/secret")).expect("there"), "untouched");
    assert_eq!(
        fs::read_dir(dir.path().join("outside")).expect("there").count(),
        1,
        "something was written outside"
    );
    (dir, result)
}

fn raw(archive: &mut Builder<Vec<u8>>, kind: EntryType, name: &str, link: &str) {
    let mut header = header(kind, 0, 0o644);
    let bytes = header.as_mut_bytes();
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header.set_cksum();
    archive.append(&header, &b""[..]).expect("written");
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../outside/new", "a/../../outside/new", "/etc/new", "usr/.."] {
        let (_, result) = attack(|archive| raw(archive, EntryType::Regular, name, ""));
        assert!(matches!(result, Err(ImageError::Unpack(_))), "{name}: {result:?}");
    }
    for link in ["../outside/secret", "/etc/passwd", ".."] {
        let (_, result) = attack(|archive| raw(archive, EntryType::Link, "hard", link));
        assert!(matches!(result, Err(ImageError::Unpack(_))), "{link}: {result:?}");
    }
}

#[test]
fn symbolic_links_lead_nowhere_outside() {
    // Names that nobody else has there.
    let [file, folder] = ["file", "folder"].map(|kind| format!("rackwright-{kind}-{}", std::process::id()));
    for target in ["../outside", "../../../../../../../../tmp", "/proc/self/root/tmp"] {
        let (dir, _) = attack(|archive| {
            raw(archive, EntryType::Symlink, "way", target);
            raw(archive, EntryType::Regular, &format!("way/{file}"), "");
            raw(archive, EntryType::Directory, &format!("way/{folder}"), "");
        });
        let there = Path::new("/tmp");
        assert!(!there.join(&file).exists() && !there.join(&folder).exists());
        drop(dir);
    }
    let (dir, result) = attack(|archive| {
        raw(archive, EntryType::Symlink, "file", "../outside/secret");
        raw(archive, EntryType::Regular, "file", "");
    });
    result.expect("the later member counts");
    assert!(fs::symlink_metadata(dir.path().join("root/file")).expect("there").is_file());
}

#[test]
fn a_link_that_is_there_before_is_not_followed_either() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
    fs::create_dir_all(&root).expect("made");
    fs::create_dir_all(&outside).expect("made");
    symlink(&outside, root.join("etc")).expect("linked");
    let mut archive = Builder::new(Vec::new());
    raw(&mut archive, EntryType::Directory, "etc/", "");
    raw(&mut archive, EntryType::Regular, "etc/new", "");
    let image = image(&archive.into_inner().expect("whole"));
    let file = image.file.clone();
    let (server, _) = serve(Box::new(move |socket, _, first| correct(socket, &file, first, usize::MAX)));
    install(&image, server, &root).0.expect("unpacked");
    assert!(root.join("etc/new").is_file() && !outside.join("new").exists());
}
