//! What the restic of this machine does with the folders: looking into backups, and removing what is no longer kept.
//!
//! Attacker's input: names of files in a backup were chosen inside a private server. restic writes them as JSON; they are read
//! as that, up to a bound, and never become part of a command line.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rackwright_domain::ports::{Backups, InBackup, Later, Listing};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::names::{Kind, is_hex};
use super::room::size;
use super::shelf::{Shelf, sweep};

/// Of removing what is no longer kept, which reads and writes a good part of a folder.
const TIDYING: Duration = Duration::from_secs(4 * 3_600);
/// Of looking into a backup, while somebody waits.
const LOOKING: Duration = Duration::from_secs(30);
/// Of killing restic and hearing that it is dead.
const DYING: Duration = Duration::from_secs(10);
/// Bytes of memory that restic gets: an agent decides how much there is to read into it.
const MEMORY: u64 = 2 << 30;
/// Bytes of memory at which it frees what it does not need any more, so that it comes to that the later.
const THRIFTY: u64 = 3 << 29;
/// How prlimit(1) ends when there is no such program.
const ABSENT: i32 = 127;
/// Where programs are.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// In a folder of which something was forgotten while its bytes are still there.
const UNPRUNED: &str = "unpruned";
/// Files of a directory that are shown.
const FILES: usize = 2_000;
/// Bytes of a complaint that are read.
const SAID: u64 = 64 << 10;
/// Bytes of one line about a file.
const LINE: u64 = 64 << 10;
/// Characters of a complaint that are told.
const COMPLAINT: usize = 500;

/// restic, and where its folders are. Of what it runs, nothing outlives its time.
pub struct Restic {
    pub shelf: Shelf,
    /// Its program.
    pub program: String,
}

#[derive(Deserialize)]
struct Node {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    size: u64,
    mtime: Option<String>,
}

impl Restic {
    /// The key goes through the environment, which only root and this very user read. Nothing else of ours does.
    fn command(&self, folder: &str, key: &str) -> Command {
        // It becomes restic in the same process (prlimit(1)).
        let mut command = Command::new("prlimit");
        command
            .arg(format!("--data={MEMORY}"))
            .args(["--core=0", "--", &self.program, "--no-cache", "--json"])
            .env_clear()
            .env("PATH", PATH)
            .env("GOMEMLIMIT", THRIFTY.to_string())
            .env("RESTIC_REPOSITORY", self.shelf.base().join(folder))
            .env("RESTIC_PASSWORD", key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, folder: &str, key: &str, words: &[&str], limit: Duration) -> Result<(), String> {
        let mut child = self.command(folder, key).args(words).spawn().map_err(not_started)?;
        let (said, complaint) = (child.stdout.take(), child.stderr.take());
        let all = async {
            let (said, complaint) = tokio::join!(bounded(said), bounded(complaint));
            said?;
            Ok::<_, io::Error>((complaint?, child.wait().await?))
        };
        let heard = timeout(limit, all).await;
        reap(&mut child).await;
        let (complaint, status) = in_time(heard, limit)?;
        if status.success() { Ok(()) } else { Err(failed(status, &complaint)) }
    }

    async fn tidy_up(&self, folder: &str, key: &str, keep: &[String]) -> Result<u64, String> {
        let place = self.shelf.base().join(folder);
        if self.shelf.config(folder).exists() {
            sweep(&place).map_err(|why| format!("what broke off could not be removed: {why}"))?;
            // Nobody is at work in it, so whoever left a lock is gone.
            self.run(folder, key, &["unlock", "--remove-all"], TIDYING).await?;
            let failed = |why: io::Error| format!("a backup could not be forgotten: {why}");
            if self.forget(folder, keep).await.map_err(failed)? {
                self.run(folder, key, &["prune"], TIDYING).await?;
                std::fs::remove_file(place.join(UNPRUNED)).map_err(failed)?;
            }
        }
        self.shelf.room.forget(folder);
        let sized = tokio::task::spawn_blocking(move || size(&place)).await.map_err(|why| why.to_string())?;
        sized.map_err(|why| format!("the room that backups take could not be counted: {why}"))
    }

    /// Removes the files of all snapshots but those that are kept, which is what `restic forget` does (restic, "Removing
    /// backup snapshots"): there may be any number, and some that restic could not read. Whether there is something to prune.
    async fn forget(&self, folder: &str, keep: &[String]) -> io::Result<bool> {
        let (shelf, folder, keep) = (self.shelf.clone(), folder.to_owned(), keep.to_vec());
        let forget = move || -> io::Result<bool> {
            let place = shelf.base().join(&folder);
            let (snapshots, unpruned) = (place.join(Kind::Snapshots.word()), place.join(UNPRUNED));
            let mut due = unpruned.exists();
            for entry in std::fs::read_dir(&snapshots)? {
                let entry = entry?;
                if entry.file_name().to_str().is_none_or(|id| !is_gone(id, &keep)) {
                    continue;
                }
                if !due {
                    // Should it break off from here on, it is pruned the next time.
                    std::fs::File::create(&unpruned)?.sync_all()?;
                    crate::files::sync(&place)?;
                    due = true;
                }
                std::fs::remove_file(entry.path())?;
            }
            crate::files::sync(&snapshots)?;
            Ok(due)
        };
        tokio::task::spawn_blocking(forget).await.map_err(io::Error::other)?
    }

    async fn look_into(&self, folder: &str, key: &str, backup: &str, path: &str) -> Result<Listing, String> {
        let directory = format!("/files{}", path.trim_end_matches('/'));
        let mut command = self.command(folder, key);
        command.args(["--no-lock", "ls", "--", backup, &directory]);
        let mut child = command.spawn().map_err(not_started)?;
        let heard = timeout(LOOKING, read(&mut child, &directory)).await;
        reap(&mut child).await;
        let (files, ended) = in_time(heard, LOOKING)?;
        match ended {
            None => Ok(Listing { files, cut: true }),
            Some((status, _)) if status.success() => Ok(Listing { files, cut: false }),
            Some((status, complaint)) => Err(failed(status, &complaint)),
        }
    }
}

/// Whatever it did, it does no more.
async fn reap(child: &mut Child) {
    if child.id().is_some()
        && let Ok(Err(why)) = timeout(DYING, child.kill()).await
    {
        tracing::debug!("restic could not be killed: {why}");
    }
}

fn in_time<T>(heard: Result<io::Result<T>, Elapsed>, limit: Duration) -> Result<T, String> {
    heard
        .map_err(|_| format!("restic was not done in {} s", limit.as_secs()))?
        .map_err(|why| format!("restic could not be heard: {why}"))
}

/// Whether it is none of those that are kept. What is no name at all is left alone.
fn is_gone(id: &str, keep: &[String]) -> bool {
    is_hex(id, 64) && !keep.iter().any(|kept| kept == id)
}

fn not_started(why: io::Error) -> String {
    format!(
        "restic could not be started by prlimit ({why}); install both with: apt-get install restic util-linux"
    )
}

fn failed(status: ExitStatus, complaint: &str) -> String {
    if status.code() == Some(ABSENT) {
        return "restic is not on the Control Center; install it with: apt-get install restic".to_owned();
    }
    let plain = complaint.replace(|c: char| c.is_control(), " ");
    let said = plain.trim().chars().take(COMPLAINT).collect::<String>();
    match said.is_empty() {
        true => format!("restic failed ({status})"),
        false => format!("restic failed: {said}"),
    }
}

/// What it says, up to a bound.
async fn bounded(pipe: Option<impl tokio::io::AsyncRead + Unpin>) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(SAID).read_to_end(&mut bytes).await?;
        // The rest is read and let go, so that restic does not wait for us.
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The files in a directory; with how it ended, or none when there were more than are shown.
async fn read(
    child: &mut Child,
    directory: &str,
) -> io::Result<(Vec<InBackup>, Option<(ExitStatus, String)>)> {
    let mut files = Vec::new();
    let complaint = child.stderr.take();
    let complaint = tokio::spawn(bounded(complaint));
    if let Some(pipe) = child.stdout.take() {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        loop {
            line.clear();
            if (&mut lines).take(LINE).read_until(b'\n', &mut line).await? == 0 {
                break;
            }
            let Some(file) = file(&line, directory) else { continue };
            if files.len() == FILES {
                return Ok((files, None));
            }
            files.push(file);
        }
    }
    let status = child.wait().await?;
    let complaint = complaint.await.map_err(io::Error::other)??;
    Ok((files, Some((status, complaint))))
}

/// A line about a file that lies in this very directory.
fn file(line: &[u8], directory: &str) -> Option<InBackup> {
    let node: Node = serde_json::from_slice(line).ok()?;
    let (parent, name) = node.path.rsplit_once('/')?;
    if parent != directory || name.is_empty() {
        return None;
    }
    let path = node.path.strip_prefix("/files")?.to_owned();
    Some(InBackup { path, kind: node.kind, bytes: node.size, changed: node.mtime })
}

/// Whether a program is there: a path, or a name in one of the places for programs.
fn is_there(program: &str) -> bool {
    // A path takes the place of what stands before it.
    PATH.split(':').any(|place| Path::new(place).join(program).is_file())
}

impl Backups for Restic {
    fn tidy<'a>(
        &'a self,
        folder: &'a str,
        key: &'a str,
        keep: &'a [String],
    ) -> Later<'a, Result<u64, String>> {
        Box::pin(self.tidy_up(folder, key, keep))
    }

    fn remove<'a>(&'a self, folder: &'a str) -> Later<'a, Result<(), String>> {
        Box::pin(async move {
            let place = self.shelf.base().join(folder);
            let removed = tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(&place) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
                _ => Ok(()),
            });
            self.shelf.room.forget(folder);
            let removed = removed.await.map_err(|why| why.to_string())?;
            removed.map_err(|why| format!("a folder of backups could not be removed: {why}"))
        })
    }

    fn files<'a>(
        &'a self,
        folder: &'a str,
        key: &'a str,
        backup: &'a str,
        path: &'a str,
    ) -> Later<'a, Result<Listing, String>> {
        Box::pin(self.look_into(folder, key, backup, path))
    }

    fn is_missing(&self) -> bool {
        !is_there(&self.program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_directory_counts() {
        let line = br#"{"name":"hosts","type":"file","path":"/files/etc/hosts","size":81,"mtime":"2025-01-02T03:04:05.5+01:00","struct_type":"node"}"#;
        let known = file(line, "/files/etc").expect("a file");
        assert_eq!((known.path.as_str(), known.bytes), ("/etc/hosts", 81));
        assert_eq!(file(line, "/files"), None);
        assert_eq!(file(br#"{"struct_type":"snapshot","id":"ab"}"#, "/files"), None);
        assert_eq!(file(br#"{"path":"/files/","type":"dir"}"#, "/files"), None);
        assert!(is_gone(&"ab".repeat(32), &[]) && !is_gone("--all", &[]) && !is_gone("ab", &["ab".into()]));
    }

    const FOLDER: &str = "0123456789abcdef0123456789abcdef";

    /// A program in restic's place.
    fn stand_in(base: &Path, script: &str) -> Restic {
        use std::os::unix::fs::PermissionsExt as _;
        let program = base.join("restic");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("set");
        let shelf = base.join("shelf");
        std::fs::create_dir(&shelf).expect("made");
        Restic { shelf: Shelf::new(shelf), program: program.display().to_string() }
    }

    #[tokio::test]
    async fn it_gets_nothing_of_ours_and_no_more_memory_than_it_may() {
        let base = tempfile::tempdir().expect("a directory");
        let restic = stand_in(base.path(), "env > \"$0.env\"\nulimit -d > \"$0.data\"");
        restic.run(FOLDER, "key", &["prune"], LOOKING).await.expect("ran");
        let told = std::fs::read_to_string(base.path().join("restic.env")).expect("told");
        let ours = ["PATH", "GOMEMLIMIT", "RESTIC_REPOSITORY", "RESTIC_PASSWORD"];
        // The shell has some of its own.
        let shells = ["PWD", "OLDPWD", "SHLVL", "_"];
        let names: Vec<&str> = told.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert!(names.iter().all(|name| ours.contains(name) || shells.contains(name)), "{told}");
        assert!(ours.iter().all(|name| names.contains(name)), "{told}");
        let kib = std::fs::read_to_string(base.path().join("restic.data")).expect("told");
        assert_eq!(kib.trim(), (MEMORY >> 10).to_string());
    }

    #[tokio::test]
    async fn one_that_takes_too_long_is_dead_when_that_is_said() {
        let base = tempfile::tempdir().expect("a directory");
        let restic = stand_in(base.path(), "echo $$ > \"$0.process\"\nexec sleep 1000");
        let why = restic.run(FOLDER, "key", &["prune"], Duration::from_secs(2)).await.expect_err("too long");
        assert_eq!(why, "restic was not done in 2 s");
        if let Ok(process) = std::fs::read_to_string(base.path().join("restic.process")) {
            assert!(!Path::new("/proc").join(process.trim()).exists(), "it is reaped");
        }
    }

    #[tokio::test]
    async fn any_number_is_forgotten_and_what_was_forgotten_is_pruned_until_that_is_done() {
        let base = tempfile::tempdir().expect("a directory");
        let prune = "case \"$*\" in *prune*) echo >> \"$0.prunes\"; test ! -e \"$0.broken\";; esac";
        let restic = stand_in(base.path(), prune);
        restic.shelf.lay_out(FOLDER).await.expect("laid out");
        std::fs::write(restic.shelf.config(FOLDER), "any").expect("written");
        let kept = "ab".repeat(32);
        let snapshot = |name: &str| restic.shelf.path(FOLDER, Kind::Snapshots, name);
        for name in (0..9_000).map(|n| format!("{n:064x}")).chain([kept.clone(), "no name".to_owned()]) {
            std::fs::write(snapshot(&name), "what restic cannot read").expect("written");
        }
        let keep = std::slice::from_ref(&kept);
        let prunes = || std::fs::read_to_string(base.path().join("restic.prunes")).unwrap_or_default().len();

        std::fs::write(base.path().join("restic.broken"), "").expect("written");
        restic.tidy_up(FOLDER, "key", keep).await.expect_err("nothing was pruned");
        assert!(snapshot(&kept).exists() && snapshot("no name").exists());
        let snapshots = snapshot(&kept).parent().expect("a folder").to_owned();
        assert_eq!(std::fs::read_dir(&snapshots).expect("there").count(), 2);
        std::fs::remove_file(base.path().join("restic.broken")).expect("removed");
        restic.tidy_up(FOLDER, "key", keep).await.expect("tidied");
        assert_eq!(prunes(), 2, "the first was of no use");
        restic.tidy_up(FOLDER, "key", keep).await.expect("tidied");
        assert_eq!(prunes(), 2, "nothing is left to prune");
    }

    #[test]
    fn a_program_is_there_by_its_path_or_its_name() {
        assert!(is_there("sh") && is_there("/bin/sh"));
        assert!(!is_there("no-such-program") && !is_there("/nowhere/restic") && !is_there("/bin"));
    }

    #[tokio::test]
    async fn a_missing_program_is_said_with_its_package() {
        let base = tempfile::tempdir().expect("a directory");
        let restic =
            Restic { shelf: Shelf::new(base.path().to_owned()), program: "no-such-program".to_owned() };
        assert!(restic.is_missing());
        let why = restic.run(FOLDER, "key", &["prune"], LOOKING).await.expect_err("nothing ran");
        assert!(why.contains("apt-get install restic"), "{why}");
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_line_says_is_below_the_files(line in ".*") {
            let named = format!(r#"{{"type":"file","path":{}}}"#, serde_json::to_string(&line).expect("a text"));
            for line in [line.clone(), named] {
                if let Some(file) = file(line.as_bytes(), "/files") {
                    proptest::prop_assert!(file.path.starts_with('/'));
                }
            }
        }
    }
}
