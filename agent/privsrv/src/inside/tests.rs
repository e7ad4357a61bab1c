//! Work on files in trees that somebody means badly with.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use rackwright_model::private_server::inside::{
    Answer, Changed, FailureKind, FileEntry, FileKind, InsidePath, LoginName, Over, UploadKey, Work,
    WorkFailure,
};

use super::enter::in_folder;

/// A private server's root, and beside it something precious.
struct Trees {
    _dir: tempfile::TempDir,
    root: PathBuf,
    outside: PathBuf,
}

impl Trees {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
        for folder in ["srv", "etc", "tmp"] {
            fs::create_dir_all(root.join(folder)).expect("made");
        }
        fs::create_dir(&outside).expect("made");
        fs::write(outside.join("precious"), "precious").expect("written");
        Self { _dir: dir, root, outside }
    }

    fn work(&self, work: Work) -> Result<Answer, WorkFailure> {
        in_folder(&self.root, work)
    }

    fn refused(&self, work: Work) -> FailureKind {
        self.work(work).expect_err("is refused").kind
    }

    fn upload(&self, path: &str, text: &str, over: Over) -> Result<Answer, WorkFailure> {
        if !text.is_empty() {
            self.work(write(path, 0, text.as_bytes()))?;
        }
        self.work(Work::Finish { path: at(path), upload: key(), bytes: text.len() as u64, over })
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorkFailure> {
        match self.work(Work::Read { path: at(path), offset: 0, length: 100 })? {
            Answer::Piece(piece) => Ok(STANDARD.decode(piece.base64).expect("base64")),
            other => panic!("{other:?}"),
        }
    }

    fn facts(&self, path: &str) -> FileEntry {
        match self.work(Work::Facts { path: at(path) }).expect("is there") {
            Answer::Entry(entry) => entry,
            other => panic!("{other:?}"),
        }
    }

    fn is_unharmed(&self) {
        assert_eq!(fs::read_to_string(self.outside.join("precious")).expect("is there"), "precious");
        assert_eq!(fs::read_dir(&self.outside).expect("is there").count(), 1);
        assert_eq!(fs::metadata(self.outside.join("precious")).expect("is there").mode() & 0o777, 0o644);
    }
}

fn at(path: &str) -> InsidePath {
    path.parse().expect("a path")
}

fn key() -> UploadKey {
    "0123456789abcdef".parse().expect("a key")
}

fn write(path: &str, offset: u64, bytes: &[u8]) -> Work {
    Work::Write { path: at(path), upload: key(), offset, base64: STANDARD.encode(bytes) }
}

fn permit(path: &str, mode: u32) -> Work {
    Work::Permit { path: at(path), mode, all: false }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn an_upload_takes_its_place_when_it_is_whole() {
    let trees = Trees::new();
    trees.work(write("/srv/a.txt", 0, b"hello ")).expect("taken");
    assert!(!trees.root.join("srv/a.txt").exists(), "half a file is not in its place");
    let again = trees.work(write("/srv/a.txt", 0, b"hello ")).expect_err("is refused");
    assert_eq!((again.kind, again.at), (FailureKind::Elsewhere, Some(6)));
    let early = Work::Finish { path: at("/srv/a.txt"), upload: key(), bytes: 11, over: Over::Nothing };
    assert_eq!(trees.refused(early.clone()), FailureKind::Elsewhere);
    assert_eq!(trees.work(write("/srv/a.txt", 6, b"world")).expect("taken"), Answer::Written(11));
    trees.work(early).expect("finished");
    assert_eq!(trees.read("/srv/a.txt").expect("read"), b"hello world");
    assert_eq!(names(&trees.root.join("srv")), ["a.txt"]);
    assert_eq!(trees.facts("/srv/a.txt").mode, "0644");

    trees.work(write("/srv/b.txt", 0, b"x")).expect("taken");
    trees.work(Work::Abandon { path: at("/srv/b.txt"), upload: key() }).expect("abandoned");
    assert_eq!(names(&trees.root.join("srv")), ["a.txt"]);
}

#[test]
fn what_was_changed_meanwhile_is_not_overwritten() {
    let trees = Trees::new();
    trees.upload("/etc/motd", "one", Over::Nothing).expect("made");
    fs::set_permissions(trees.root.join("etc/motd"), fs::Permissions::from_mode(0o600)).expect("set");
    let read = trees.facts("/etc/motd").version;
    trees.upload("/etc/motd", "two", Over::Version(read.clone())).expect("replaced");
    assert_eq!(trees.facts("/etc/motd").mode, "0600", "permissions stay");
    let why = trees.upload("/etc/motd", "three", Over::Version(read)).expect_err("is refused");
    assert_eq!(why.kind, FailureKind::Changed);
    assert_eq!(trees.read("/etc/motd").expect("read"), b"two");
    trees.work(Work::Abandon { path: at("/etc/motd"), upload: key() }).expect("abandoned");
    assert_eq!(
        trees.upload("/etc/motd", "four", Over::Nothing).expect_err("is refused").kind,
        FailureKind::Exists
    );
}

#[test]
fn links_lead_nowhere_outside() {
    let trees = Trees::new();
    symlink(&trees.outside, trees.root.join("out")).expect("linked");
    symlink("../../outside", trees.root.join("srv/up")).expect("linked");
    symlink(trees.outside.join("precious"), trees.root.join("srv/file")).expect("linked");
    symlink("/", trees.root.join("srv/top")).expect("linked");
    symlink("loop", trees.root.join("srv/loop")).expect("linked");
    for way in ["/out", "/srv/up"] {
        let file = format!("{way}/precious");
        assert_eq!(trees.refused(Work::List { path: at(way), after: None }), FailureKind::Missing, "{way}");
        assert!(trees.read(&file).is_err() && trees.upload(&file, "taken", Over::Anything).is_err());
        for work in [
            Work::Remove { path: at(&file) },
            permit(&file, 0o777),
            Work::MakeFolder { path: at(&format!("{way}/new")) },
            Work::Rename { path: at("/etc"), to: at(&format!("{way}/etc")) },
        ] {
            assert_eq!(trees.refused(work), FailureKind::Missing, "{way}");
        }
    }
    assert_eq!(trees.read("/srv/file").expect_err("a link").kind, FailureKind::Unsuitable);
    assert_eq!(trees.refused(permit("/srv/file", 0o777)), FailureKind::Unsuitable);
    assert!(matches!(
        trees.refused(Work::List { path: at("/srv/loop"), after: None }),
        FailureKind::Unsuitable
    ));
    // A link to the top is that of the private server.
    trees.upload("/srv/top/etc/inside", "x", Over::Nothing).expect("written");
    assert!(trees.root.join("etc/inside").is_file());
    // What takes the place of a link leaves alone what it leads to; what is removed is the link.
    trees.upload("/srv/file", "mine", Over::Anything).expect("written");
    assert_eq!(trees.facts("/srv/file").kind, FileKind::File);
    trees.work(Work::Remove { path: at("/out") }).expect("removed");
    trees.work(Work::Remove { path: at("/srv") }).expect("removed, with links in it");
    assert_eq!(names(&trees.root), ["etc", "tmp"]);
    trees.is_unharmed();
}

#[test]
fn links_of_the_kernel_are_not_followed() {
    let trees = Trees::new();
    symlink("/proc/self/root", trees.root.join("srv/magic")).expect("linked");
    let proc = in_folder(Path::new("/"), Work::List { path: at("/proc/self/root"), after: None });
    assert!(proc.is_err(), "a magic link leads out of whatever it is in");
    assert!(trees.read("/srv/magic/etc/passwd").is_err());
}

#[test]
fn nothing_waits_for_a_pipe_or_touches_a_device() {
    let trees = Trees::new();
    mkfifo(&trees.root.join("tmp/pipe"), Mode::S_IRWXU).expect("made");
    assert_eq!(trees.read("/tmp/pipe").expect_err("no file").kind, FailureKind::Unsuitable);
    assert_eq!(trees.refused(permit("/tmp/pipe", 0o600)), FailureKind::Unsuitable);
    assert_eq!(trees.facts("/tmp/pipe").kind, FileKind::Special);
    // Where the part of an upload is expected lies something else.
    let part = trees.root.join("tmp/.rackwright-0123456789abcdef.part");
    mkfifo(&part, Mode::S_IRWXU).expect("made");
    let why = trees.upload("/tmp/a", "x", Over::Nothing).expect_err("no part");
    assert_eq!(why.kind, FailureKind::Unsuitable);
    fs::remove_file(&part).expect("removed");
    symlink(trees.outside.join("precious"), &part).expect("linked");
    assert!(trees.upload("/tmp/a", "x", Over::Nothing).is_err());
    fs::remove_file(&part).expect("removed");
    fs::hard_link(trees.outside.join("precious"), &part).expect("linked");
    assert!(trees.work(write("/tmp/a", 8, b"x")).is_err());
    trees.is_unharmed();
}

/// Works while `/srv/way` and a link that leads out change places all the time.
fn while_exchanged(trees: &Trees, work: impl FnOnce()) {
    let (way, away) = (trees.root.join("srv/way"), trees.root.join("srv/away"));
    symlink(&trees.outside, &away).expect("linked");
    let exchange = || {
        let flags = nix::fcntl::RenameFlags::RENAME_EXCHANGE;
        nix::fcntl::renameat2(nix::fcntl::AT_FDCWD, &way, nix::fcntl::AT_FDCWD, &away, flags).ok();
    };
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                exchange();
            }
        });
        // Also when the work fails: the other thread would never end.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        over.store(true, Ordering::Relaxed);
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
    });
}

#[test]
fn a_place_that_is_exchanged_all_the_time_is_worked_on_inside_or_not_at_all() {
    let trees = Trees::new();
    fs::create_dir(trees.root.join("srv/way")).expect("made");
    while_exchanged(&trees, || {
        let mut done = 0;
        let begun = Instant::now();
        // Whoever gets the processor when is the kernel's affair: it goes on until one was done.
        for turn in 0.. {
            if turn >= 3_000 && (done > 0 || begun.elapsed() > Duration::from_secs(60)) {
                break;
            }
            let path = at(&format!("/srv/way/f{turn}"));
            // A key of its own: of one that was only half done something stays.
            let upload: UploadKey = format!("{turn:016x}").parse().expect("a key");
            let base64 = STANDARD.encode("x");
            let piece = Work::Write { path: path.clone(), upload: upload.clone(), offset: 0, base64 };
            let finish = Work::Finish { path, upload, bytes: 1, over: Over::Anything };
            done += u32::from(trees.work(piece).and_then(|_| trees.work(finish)).is_ok());
            trees.work(permit("/srv/way/precious", 0o777)).ok();
            trees.work(Work::Remove { path: at("/srv/way/precious") }).ok();
        }
        assert!(done > 0, "the race was never won");
    });
    trees.is_unharmed();
}

/// A folder with files, a pipe, and links that lead out of it.
fn www(trees: &Trees) {
    let www = trees.root.join("srv/www");
    fs::create_dir_all(www.join("deep")).expect("made");
    fs::write(www.join("a"), "a").expect("written");
    fs::write(www.join("deep/b"), "b").expect("written");
    mkfifo(&www.join("pipe"), Mode::S_IRWXU).expect("made");
    symlink(&trees.outside, www.join("out")).expect("linked");
    symlink("../../etc", www.join("etc")).expect("linked");
    symlink(trees.outside.join("precious"), www.join("deep/file")).expect("linked");
}

fn permit_all(path: &str, mode: u32) -> Work {
    Work::Permit { path: at(path), mode, all: true }
}

#[test]
fn permissions_go_down_a_folder_and_nowhere_else() {
    let trees = Trees::new();
    www(&trees);
    let etc = trees.facts("/etc").mode;
    let Ok(Answer::Changed(Changed { entry, count })) = trees.work(permit_all("/srv/www", 0o640)) else {
        panic!("a count")
    };
    // Links have none, and the pipe keeps its own.
    assert_eq!((count, entry.mode.as_str()), (4, "0750"));
    for (path, mode) in [
        ("/srv/www/a", "0640"),
        ("/srv/www/deep", "0750"),
        ("/srv/www/deep/b", "0640"),
        ("/srv/www/pipe", "0700"),
        ("/etc", etc.as_str()),
    ] {
        assert_eq!(trees.facts(path).mode, mode, "{path}");
    }
    let one = trees.work(permit_all("/srv/www/a", 0o600)).expect("changed");
    assert!(matches!(one, Answer::Changed(Changed { count: 1, .. })), "{one:?}");
    for path in ["/", "/srv/www/out", "/srv/www/pipe"] {
        assert_eq!(trees.refused(permit_all(path, 0o777)), FailureKind::Unsuitable, "{path}");
    }
    fs::create_dir_all(trees.root.join("tmp/deep").join("d/".repeat(200))).expect("made");
    assert_eq!(trees.refused(permit_all("/tmp/deep", 0o700)), FailureKind::Unsuitable);
    trees.is_unharmed();
}

#[test]
fn a_folder_is_given_away_with_everything_in_it() {
    let trees = Trees::new();
    www(&trees);
    let (uid, gid) = (nix::unistd::getuid(), nix::unistd::getgid());
    fs::write(trees.root.join("etc/passwd"), format!("me:x:{uid}:{gid}::/:/bin/sh\n")).expect("written");
    fs::write(trees.root.join("etc/group"), format!("me:x:{gid}:\n")).expect("written");
    let name = |name: &str| -> LoginName { name.parse().expect("a name") };
    let give =
        |owner: &str| Work::Give { path: at("/srv/www"), owner: name(owner), group: name("me"), all: true };
    let given = trees.work(give("me")).expect("given");
    // Two folders, two files, the pipe, and three links themselves.
    assert!(matches!(given, Answer::Changed(Changed { count: 8, .. })), "{given:?}");
    assert_eq!(trees.refused(give("nobody")), FailureKind::Missing);
    trees.is_unharmed();
}

#[test]
fn a_folder_that_is_exchanged_for_a_link_is_not_left_by_it() {
    let trees = Trees::new();
    let way = trees.root.join("srv/way");
    fs::create_dir(&way).expect("made");
    fs::write(way.join("a"), "a").expect("written");
    while_exchanged(&trees, || {
        let tried = (0..2_000).map(|_| trees.work(permit_all("/srv", 0o777)));
        let failed: Vec<WorkFailure> = tried.filter_map(Result::err).collect();
        assert!(failed.is_empty(), "what is exchanged is passed over: {failed:?}");
    });
    trees.is_unharmed();
}

#[test]
fn folders_are_listed_in_pages_and_names_that_cannot_be_shown_are_marked() {
    let trees = Trees::new();
    for number in 0..450 {
        fs::write(trees.root.join(format!("srv/f{number:03}")), "x").expect("written");
    }
    fs::write(trees.root.join("srv/\u{1b}[31m"), "x").expect("written");
    let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let Answer::Page(page) = trees.work(Work::List { path: at("/srv"), after }).expect("listed") else {
            panic!("a page")
        };
        pages += 1;
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, seen.iter().filter(|entry| entry.name.starts_with('f')).count()), (3, 450));
    assert_eq!(seen.iter().filter(|entry| entry.odd).count(), 1);
    assert!(seen.iter().all(|entry| !entry.name.contains('\u{1b}')));
}

#[test]
fn nothing_is_moved_over_something_and_folders_go_with_all_they_hold() {
    let trees = Trees::new();
    trees.upload("/srv/a", "a", Over::Nothing).expect("made");
    trees.upload("/srv/b", "b", Over::Nothing).expect("made");
    assert_eq!(trees.refused(Work::Rename { path: at("/srv/a"), to: at("/srv/b") }), FailureKind::Exists);
    trees.work(Work::Rename { path: at("/srv/a"), to: at("/tmp/a") }).expect("moved");
    let deep = trees.root.join("tmp/deep").join("d/".repeat(150));
    fs::create_dir_all(&deep).expect("made");
    for number in 0..5_000 {
        fs::write(trees.root.join(format!("tmp/deep/{number}")), "").expect("written");
    }
    trees.work(Work::Remove { path: at("/tmp/deep") }).expect("removed");
    assert_eq!(names(&trees.root.join("tmp")), ["a"]);
    assert_eq!(trees.refused(Work::Remove { path: at("/") }), FailureKind::Unsuitable);
    let folder = trees.work(Work::MakeFolder { path: at("/srv/new") }).expect("made");
    assert!(matches!(folder, Answer::Entry(FileEntry { kind: FileKind::Folder, .. })));
    assert_eq!(trees.refused(Work::MakeFolder { path: at("/srv/new") }), FailureKind::Exists);
}

#[test]
fn keys_are_kept_in_a_file_of_their_own() {
    let trees = Trees::new();
    let login: LoginName = "bob".parse().expect("a name");
    let set = |keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        trees.work(Work::SetKeys { login: login.clone(), keys })
    };
    assert_eq!(trees.work(Work::Keys { login: login.clone() }), Ok(Answer::Keys(Vec::new())));
    let keys = vec!["ssh-ed25519 AAAA bob".to_owned()];
    assert_eq!(set(&["ssh-ed25519 AAAA bob"]), Ok(Answer::Keys(keys)));
    let file = trees.root.join(".ssh/authorized_keys");
    assert_eq!(fs::metadata(&file).expect("is there").mode() & 0o777, 0o600);
    fs::remove_dir_all(trees.root.join(".ssh")).expect("removed");
    symlink(&trees.outside, trees.root.join(".ssh")).expect("linked");
    assert!(set(&["ssh-ed25519 AAAA eve"]).is_err());
    trees.is_unharmed();
}

#[test]
fn the_processes_of_this_machine_are_listed() {
    let Answer::Processes(all) = in_folder(Path::new("/"), Work::Processes).expect("listed") else {
        panic!("a list")
    };
    let own = all.iter().find(|one| one.process == std::process::id()).expect("this test runs");
    assert!(own.memory_bytes > 0 && !own.command.is_empty());
}
