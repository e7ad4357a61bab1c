//! Files of a backup that lie on the server, handed to a tar inside a private server, which can write nowhere else.
//!
//! Attacker's input: whoever was root inside chose the names, and put links among them. What the tar of the server packs is
//! looked for first, without following any.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rackwright_model::private_server::Number;

use crate::exec::{self, ExecError, Said};
use crate::{beneath, expendable, runtime, tool};

/// Bytes of what a tar said that an error keeps.
const COMPLAINT: usize = 2_000;
/// The packing tar ends by itself when nobody reads any more.
const ENDS: Duration = Duration::from_secs(30);
const SAME: [&str; 3] = ["--numeric-owner", "--xattrs", "--acls"];

/// The files were not handed over, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("there is no {0} in the backup")]
    Missing(String),
    #[error("{0} lies behind a link, and none is followed; choose the path that the link leads to")]
    Link(String),
    #[error("{path} could not be looked for in the backup")]
    Look { path: String, source: io::Error },
    #[error(transparent)]
    Exec(#[from] ExecError),
    #[error("the tar of the server, which packs the files, could not be started")]
    Start(#[source] io::Error),
    #[error("the tar of the server, which packs the files, could not be waited for")]
    Wait(#[source] io::Error),
    #[error(
        "the tar of the server, which packs the files, did not end {limit_s} s after the tar inside and was killed"
    )]
    Late { limit_s: u64 },
    #[error("not all of the files could be read on the server")]
    Unread,
    #[error("tar inside ended with status {status}: {said}")]
    Inside { status: i32, said: String },
}

/// Paths that stand below a directory, and not behind a link. Nobody but us changes that directory meanwhile.
#[derive(Debug)]
pub struct Chosen<'a> {
    from: &'a Path,
    /// Each begins with ./.
    paths: Vec<String>,
}

impl<'a> Chosen<'a> {
    /// Looks for these paths below `from`, each beginning with /. The last name of one may be a link, which is packed as one.
    ///
    /// # Errors
    /// [`UnpackError`]
    pub fn of(from: &'a Path, paths: &[String]) -> Result<Self, UnpackError> {
        let look = |path: &String| match beneath::look(from, path) {
            Ok(()) => Ok(format!("./{}", path.trim_matches('/'))),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Err(UnpackError::Missing(path.clone())),
            Err(why) if why.raw_os_error() == Some(libc::ELOOP) => Err(UnpackError::Link(path.clone())),
            Err(source) => Err(UnpackError::Look { path: path.clone(), source }),
        };
        Ok(Self { from, paths: paths.iter().map(look).collect::<Result<_, _>>()? })
    }

    fn packer(&self) -> Command {
        let mut tar = Command::new("tar");
        tar.arg("--directory").arg(self.from).args(SAME);
        // A backslash is part of a name: read as the beginning of an escape, it would make another path of this one.
        tar.args(["--no-unquote", "--create", "--file=-", "--"]).args(&self.paths);
        tar.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        tar
    }
}

/// Hands files, which belong to users as root inside counts them, to a tar inside: it puts them below the directory `into`.
///
/// # Errors
/// [`UnpackError`], with what the tar inside said.
pub fn unpack(number: Number, chosen: &Chosen<'_>, into: &str, limit: Duration) -> Result<(), UnpackError> {
    if !runtime::is_populated(number) {
        return Err(ExecError::NotRunning(number.tag()).into());
    }
    let mut packer = chosen.packer().spawn().map_err(UnpackError::Start)?;
    expendable(&packer);
    let script = "mkdir -p -- \"$1\" && exec tar --directory \"$1\" --numeric-owner --xattrs --acls --preserve-permissions \
                  --extract --file=-";
    let argv = ["sh", "-c", script, "sh", into].map(str::to_owned);
    let mut said = Said::default();
    let input = packer.stdout.take().map_or_else(Stdio::null, Stdio::from);
    let ended = exec::run_with(number, &argv, input, limit, COMPLAINT, &mut said);
    let packed = finish(packer, ENDS);
    match ended? {
        0 => packed,
        status => {
            let said = String::from_utf8_lossy(&said.bytes).trim().to_owned();
            Err(UnpackError::Inside { status, said })
        }
    }
}

/// Waits for the packing tar. Something inside may hold its pipe for ever and read nothing.
fn finish(packer: Child, limit: Duration) -> Result<(), UnpackError> {
    match tool::wait(packer, limit).map_err(UnpackError::Wait)? {
        Some(status) if status.success() => Ok(()),
        Some(_) => Err(UnpackError::Unread),
        None => Err(UnpackError::Late { limit_s: limit.as_secs() }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// What was restored, beside a file of the server that must never be packed.
    fn room() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("temporary directory");
        let root = dir.path().join("files");
        fs::create_dir_all(root.join("etc")).expect("made");
        fs::create_dir(dir.path().join("etc")).expect("made");
        fs::write(dir.path().join("etc/shadow"), "the server's").expect("written");
        (dir, root)
    }

    fn owned(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    fn packed(chosen: &Chosen<'_>) -> String {
        let output = chosen.packer().output().expect("packed");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn nothing_behind_a_link_is_packed() {
        let (dir, root) = room();
        symlink(dir.path(), root.join("esc")).expect("linked");
        for paths in [&["/esc", "/esc/etc/shadow"][..], &["/esc/etc/shadow"], &["/esc/etc"]] {
            let why = Chosen::of(&root, &owned(paths)).expect_err("refused");
            assert!(matches!(why, UnpackError::Link(_)), "{paths:?}: {why}");
        }
        let why = Chosen::of(&root, &owned(&["/none/at/all"])).expect_err("refused");
        assert_eq!(why.to_string(), "there is no /none/at/all in the backup");
        let paths = owned(&["/esc", "/etc"]);
        let text = packed(&Chosen::of(&root, &paths).expect("stands there"));
        assert!(text.contains("./esc") && !text.contains("the server's"), "the link itself is packed");
        let paths = owned(&["/"]);
        assert!(!packed(&Chosen::of(&root, &paths).expect("stands there")).contains("the server's"));
    }

    #[test]
    fn a_backslash_in_a_name_leads_nowhere_else() {
        let (_dir, root) = room();
        let odd = root.join(String::from("\\056\\056"));
        fs::create_dir_all(odd.join("etc")).expect("made");
        fs::write(odd.join("etc/shadow"), "his own").expect("written");
        let paths = owned(&["/\\056\\056/etc/shadow"]);
        let text = packed(&Chosen::of(&root, &paths).expect("stands there"));
        assert!(text.contains("his own") && !text.contains("the server's"));
    }

    #[test]
    fn a_packer_that_goes_on_is_killed_and_named() {
        let packer = Command::new("sleep").arg("600").spawn().expect("started");
        let why = finish(packer, Duration::from_millis(50)).expect_err("late").to_string();
        assert!(why.contains("packs the files") && why.contains("killed"), "{why}");
        let packer = Command::new("false").spawn().expect("started");
        assert!(matches!(finish(packer, ENDS), Err(UnpackError::Unread)));
    }
}
