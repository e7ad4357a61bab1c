//! Keys by which a login is let in (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). Worked on with the rights of the login, in its
//! home: what it put in the place of its own files is its own affair.

use std::io::Read as _;

use nix::errno::Errno;
use nix::sys::stat::{Mode, mkdirat};
use rackwright_model::private_server::inside::{FailureKind, InsidePath, UploadKey, WorkFailure};

use super::tree::Tree;
use super::upload;

/// Bytes that are read of the file.
const MOST: u64 = 64 * 1024;

fn path(text: &str) -> Result<InsidePath, WorkFailure> {
    text.parse().map_err(|_| WorkFailure::new(FailureKind::Unsuitable, "this is no path"))
}

/// The lines that are there; none when there is no such file.
///
/// # Errors
/// When something else stands there.
pub fn list(tree: &Tree) -> Result<Vec<String>, WorkFailure> {
    let path = path("/.ssh/authorized_keys")?;
    let file = tree.spot(&path).and_then(|spot| spot.file());
    let file = match file {
        Ok((file, _)) => file,
        Err(WorkFailure { kind: FailureKind::Missing, .. }) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let mut bytes = Vec::new();
    file.take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|why| super::tree::io_failure("authorized_keys", &why))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Puts these in the place of all that are there.
///
/// # Errors
/// When they cannot be written.
pub fn set(tree: &Tree, keys: &[String]) -> Result<Vec<String>, WorkFailure> {
    let folder = path("/.ssh")?;
    let spot = tree.spot(&folder)?;
    match mkdirat(&spot.folder, spot.name, Mode::S_IRWXU) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(why) => return Err(spot.failure(why)),
    }
    let file = path("/.ssh/authorized_keys")?;
    let text: String = keys.iter().map(|key| format!("{}\n", key.trim())).collect();
    let key: UploadKey = "00000000000a0e15"
        .parse()
        .map_err(|_| WorkFailure::new(FailureKind::Unsuitable, "this is no key of an upload"))?;
    upload::replace(&tree.spot(&file)?, &key, 0o600, text.as_bytes())?;
    list(tree)
}
