//! On a real XFS, in a file: what is copied, kept and put in place. Needs root and a loop device.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rackwright_model::private_server::Number;

use super::*;
use crate::places::Places;

const LIMIT: Duration = Duration::from_secs(60);

/// A disk of its own, gone with this.
struct Disk {
    directory: tempfile::TempDir,
    places: Places,
}

fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().expect("started");
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Disk {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let (image, data) = (directory.path().join("image"), directory.path().join("data"));
        fs::File::create(&image).and_then(|file| file.set_len(512 << 20)).expect("made");
        fs::create_dir(&data).expect("made");
        run("mkfs.xfs", &["-q", image.to_str().expect("text")]);
        run("mount", &["-o", "loop", image.to_str().expect("text"), data.to_str().expect("text")]);
        let places = Places { data, run: directory.path().join("run") };
        Self { directory, places }
    }

    /// The files of a private server, as it would have written them.
    fn private(&self, number: Number) -> PathBuf {
        let upper = self.places.upper(number);
        let (root, web) = (number.root(), number.root() + 33);
        fs::create_dir_all(upper.join("etc/ssh")).expect("made");
        fs::write(upper.join("etc/hostname"), "one\n").expect("written");
        fs::write(upper.join("etc/machine-id"), "abc\n").expect("written");
        fs::write(upper.join("etc/ssh/ssh_host_ed25519_key"), "secret").expect("written");
        fs::write(upper.join("page"), vec![7; 3 << 20]).expect("written");
        fs::hard_link(upper.join("page"), upper.join("same")).expect("linked");
        symlink("/etc/shadow", upper.join("link")).expect("linked");
        run("mknod", &[upper.join("gone").to_str().expect("text"), "c", "0", "0"]);
        for path in ["", "etc", "etc/ssh", "etc/hostname", "gone"] {
            chown(upper.join(path), Some(root), Some(root)).expect("given away");
        }
        chown(upper.join("page"), Some(web), Some(web)).expect("given away");
        fs::set_permissions(upper.join("page"), fs::Permissions::from_mode(0o640)).expect("set");
        upper
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.places.data).status());
        let _ = &self.directory;
    }
}

fn number(number: u32) -> Number {
    Number::try_from(number).expect("a number")
}

fn free(path: &Path) -> u64 {
    let disk = nix::sys::statvfs::statvfs(path).expect("known");
    disk.blocks_free() * disk.fragment_size()
}

#[test]
fn a_snapshot_has_everything_and_takes_next_to_nothing() {
    let disk = Disk::new();
    let (places, one) = (&disk.places, number(7));
    let upper = disk.private(one);
    sync(&upper).expect("written");
    let before = free(&places.data);
    let made = make(places, one, 4, "ab").expect("kept");
    assert_eq!(make(places, one, 4, "ab").expect("kept already"), made);
    assert!(before - free(&places.data) < 1 << 20, "its blocks are shared");
    let (about, files) = read(places, one, 4).expect("there");
    assert_eq!(about.template, "ab");
    let known = files.join("page").metadata().expect("there");
    assert_eq!((known.uid(), known.mode() & 0o777, known.nlink()), (one.root() + 33, 0o640, 2));
    let gone = files.join("gone").symlink_metadata().expect("there");
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0);
    assert_eq!(fs::read_link(files.join("link")).expect("a link"), Path::new("/etc/shadow"));
    fs::write(upper.join("page"), "other").expect("written");
    assert_eq!(known.len(), files.join("page").metadata().expect("there").len());
    assert_eq!(templates(places), ["ab"]);
    discard(places, one, 4).expect("removed");
    discard(places, one, 4).expect("removed already");
    assert!(matches!(read(places, one, 4), Err(VaultError::NoSnapshot(4, _))));
    // One that is not there is not made half.
    assert!(make(places, number(8), 1, "ab").is_err());
    assert!(!places.snapshot(number(8), 1).exists() && templates(places).is_empty());
}

#[test]
fn files_change_places_at_once_and_only_once_for_a_task() {
    let disk = Disk::new();
    let (places, one) = (&disk.places, number(7));
    let upper = disk.private(one);
    make(places, one, 4, "ab").expect("kept");
    fs::write(upper.join("etc/hostname"), "changed\n").expect("written");
    let (_, files) = read(places, one, 4).expect("there");
    let (fresh, note) = (places.own(one).join("fresh"), places.own(one).join("restored"));
    fs::create_dir(&fresh).expect("made");
    copy::copy(&files, &fresh, LIMIT).expect("copied");
    swap::swap(&upper, &fresh, &note, 9, "ab").expect("swapped");
    assert_eq!(fs::read_to_string(upper.join("etc/hostname")).expect("there"), "one\n");
    assert_eq!(fs::read_to_string(fresh.join("etc/hostname")).expect("there"), "changed\n");
    assert!(swap::is_done(&note, 9, &upper));
    assert!(!swap::is_done(&note, 8, &upper), "another task did not");
    assert!(!swap::is_done(&note, 9, &fresh), "and these are not the files that it put there");
}

#[test]
fn files_in_place_say_over_which_template_they_lie() {
    let disk = Disk::new();
    let (places, one) = (&disk.places, number(7));
    let upper = disk.private(one);
    let (fresh, note) = (places.own(one).join("fresh"), places.own(one).join("restored"));
    fs::create_dir(&fresh).expect("made");
    assert_eq!(template_in_place(places, one), None);
    // A crash before they change places.
    let inode = fresh.metadata().expect("there").ino();
    fs::write(&note, format!("9 {inode} cd\n")).expect("written");
    assert_eq!(template_in_place(places, one), None);
    swap::swap(&upper, &fresh, &note, 9, "cd").expect("swapped");
    assert_eq!(template_in_place(places, one).as_deref(), Some("cd"));
    // A note of older days.
    fs::write(&note, format!("9 {inode}\n")).expect("written");
    assert_eq!(template_in_place(places, one), None);
    assert!(is_in_place(places, one, 9));
    // A rebuild begins so.
    crate::files::discard(places, one).expect("removed");
    assert!(!note.exists() && !is_in_place(places, one, 9));
}

#[test]
fn the_project_of_what_lies_beside_is_set_once() {
    let disk = Disk::new();
    let (places, one) = (&disk.places, number(7));
    disk.private(one);
    let all = snapshot::beside(places, one).expect("made");
    let name = all.to_str().expect("text");
    let project = || {
        let output = Command::new("lsattr").args(["-p", "-d", name]).output().expect("started");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.split_whitespace().next().and_then(|word| word.parse::<u32>().ok()).expect("a number")
    };
    assert_eq!(project(), one.snapshots());
    // Whoever set it again would set its own.
    run("chattr", &["-p", "77", name]);
    make(places, one, 4, "ab").expect("kept");
    room(places, one).expect("there");
    assert_eq!(project(), 77);
}

#[test]
fn what_a_restore_takes_the_place_of_is_kept_once_and_anew_after_a_crash() {
    let disk = Disk::new();
    let (places, one) = (&disk.places, number(7));
    let upper = disk.private(one);
    let name = |snapshot: u64| {
        let (_, files) = read(places, one, snapshot).expect("there");
        fs::read_to_string(files.join("etc/hostname")).expect("there")
    };
    keep(places, one, 9, 4, "ab").expect("kept");
    // A crash; it runs again, and writes.
    fs::write(upper.join("etc/hostname"), "newer\n").expect("written");
    keep(places, one, 9, 4, "ab").expect("kept");
    assert_eq!(name(4), "newer\n");
    // It fails, or is cancelled.
    forgo(places, one, 9, 4).expect("removed");
    assert!(read(places, one, 4).is_err());

    keep(places, one, 9, 4, "ab").expect("kept");
    let fresh = places.own(one).join("fresh");
    fs::create_dir_all(fresh.join("etc")).expect("made");
    fs::write(fresh.join("etc/hostname"), "restored\n").expect("written");
    swap::swap(&upper, &fresh, &places.own(one).join("restored"), 9, "ab").expect("swapped");
    keep(places, one, 9, 4, "ab").expect("kept already");
    forgo(places, one, 9, 4).expect("needed");
    assert_eq!(name(4), "newer\n");
    // The next restore is another task.
    keep(places, one, 10, 5, "ab").expect("kept");
    assert_eq!(name(5), "restored\n");
}

/// restic with a repository on the same disk.
fn restic(disk: &Disk, directory: &Path, words: &[&str]) -> String {
    let output = Command::new("restic")
        .current_dir(directory)
        .env("RESTIC_REPOSITORY", disk.places.data.join("repository"))
        .env("RESTIC_PASSWORD", "key")
        .arg("--no-cache")
        .args(words)
        .output()
        .expect("restic is installed");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_backup_sees_what_root_inside_sees_and_comes_back_to_another() {
    let disk = Disk::new();
    let (places, one, two) = (&disk.places, number(7), number(8));
    disk.private(one);
    let below = places.template("ab");
    fs::create_dir_all(below.join("etc")).expect("made");
    for (name, text) in
        [("etc/passwd", "the template's"), ("etc/hostname", "none"), ("gone", "removed inside")]
    {
        fs::write(below.join(name), text).expect("written");
    }
    {
        let view = View::of(places, one, "ab").expect("shown");
        let (files, own) = (view.path().join("files"), view.path().join("own"));
        assert_eq!(fs::read_to_string(files.join("etc/passwd")).expect("there"), "the template's");
        assert_eq!(fs::read_to_string(files.join("etc/hostname")).expect("there"), "one\n");
        assert!(files.join("gone").symlink_metadata().is_err(), "what was removed inside is not there");
        assert_eq!(files.join("page").metadata().expect("there").uid(), 33);
        assert!(fs::write(own.join("page"), "x").is_err() && fs::write(files.join("page"), "x").is_err());
        restic(&disk, view.path(), &["init"]);
        restic(&disk, view.path(), &["backup", "--", "files", "own"]);
    }
    let mounts = fs::read_to_string("/proc/self/mounts").expect("read");
    assert!(!mounts.contains(places.run.to_str().expect("text")), "nothing stays mounted");
    assert!(!places.snapshots(one).join(".backup").exists());
    // Whatever can be seen is in it.
    let listed = restic(&disk, &places.data, &["ls", "latest"]);
    assert!(listed.contains("/files/etc/passwd") && listed.contains("/own/gone"), "{listed}");
    assert!(!listed.contains("/own/etc/passwd") && !listed.contains("/files/gone"), "{listed}");

    let filling = places.own(two).join("filling");
    fs::create_dir_all(&filling).expect("made");
    chown(&filling, Some(two.root()), Some(two.root())).expect("given away");
    let shown = places.views(two).join("place");
    {
        let _mapped = Mapped::inward(&filling, &shown, two, true).expect("shown");
        let target = format!("--target={}", shown.display());
        restic(&disk, &places.data, &["restore", &target, "--include=/own", "--verify", "--", "latest"]);
    }
    let own = filling.join("own");
    let known = own.join("page").metadata().expect("there");
    assert_eq!((known.uid(), known.mode() & 0o777, known.nlink()), (two.root() + 33, 0o640, 2));
    let gone = own.join("gone").symlink_metadata().expect("there");
    assert!(gone.file_type().is_char_device() && gone.rdev() == 0 && gone.uid() == two.root());
    assert_eq!(own.metadata().expect("there").uid(), two.root());
    assert_eq!(fs::read_link(own.join("link")).expect("a link"), Path::new("/etc/shadow"));
}

#[test]
fn a_clone_has_its_own_users_name_and_keys() {
    let disk = Disk::new();
    let (places, one, two) = (&disk.places, number(7), number(8));
    disk.private(one);
    let own = places.upper(two);
    fs::create_dir_all(&own).expect("made");
    chown(&own, Some(two.root()), Some(two.root())).expect("given away");
    let mut wanted = crate::keeper::wanted_for_tests(8);
    wanted.name = "two".parse().expect("a name");
    clone(places, one, &wanted).expect("cloned");
    let known = own.join("page").metadata().expect("there");
    assert_eq!((known.uid(), known.nlink()), (two.root() + 33, 2));
    assert!(own.join("gone").symlink_metadata().expect("there").file_type().is_char_device());
    assert_eq!(own.metadata().expect("there").uid(), two.root());
    assert_eq!(fs::read_to_string(own.join("etc/hostname")).expect("there"), "two\n");
    assert_eq!(fs::read_to_string(own.join("etc/machine-id")).expect("there"), "");
    assert!(!own.join("etc/ssh/ssh_host_ed25519_key").exists());
    let mounts = fs::read_to_string("/proc/self/mounts").expect("read");
    assert!(!mounts.contains(places.run.to_str().expect("text")), "nothing stays mounted");
}
