//! Name and name servers of a private server that stands already. Its root may have put anything in the way, so nothing is
//! followed: a link anywhere on the way means that it is left as it is.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::fchown;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::Mode;
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::beneath::directory;

/// Replaces /etc/`name` in the mounted root of a private server, for its root user `owner`.
///
/// # Errors
/// The kernel's: a link is in the way, or its disk is full.
pub fn replace(root: &Path, name: &str, text: &str, owner: u32) -> io::Result<()> {
    let etc = directory(root, "etc")?;
    let fresh = format!(".{name}.rackwright");
    match unlinkat(&etc, fresh.as_str(), UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => {}
        Err(why) => return Err(why.into()),
    }
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let mut file = File::from(openat(&etc, fresh.as_str(), flags, Mode::from_bits_truncate(0o644))?);
    fchown(&file, Some(owner), Some(owner))?;
    file.write_all(text.as_bytes())?;
    // The name itself is never followed.
    Ok(renameat(&etc, fresh.as_str(), &etc, name)?)
}

/// Removes the file at `path` in the root of a private server; one that is not there is removed.
///
/// # Errors
/// The kernel's: a link is in the way.
pub fn remove(root: &Path, path: &str) -> io::Result<()> {
    let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
    let parent = match directory(root, parent) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    match unlinkat(&parent, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(why) => Err(why.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn a_link_leads_nowhere() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
        fs::create_dir_all(root.join("etc")).expect("made");
        fs::create_dir(&outside).expect("made");
        fs::write(outside.join("resolv.conf"), "the server's").expect("written");
        let owner = root.metadata().expect("there").uid();
        symlink(outside.join("resolv.conf"), root.join("etc/resolv.conf")).expect("linked");
        replace(&root, "resolv.conf", "new", owner).expect("replaced");
        assert_eq!(fs::read_to_string(root.join("etc/resolv.conf")).expect("there"), "new");
        fs::remove_dir_all(root.join("etc")).expect("removed");
        symlink(&outside, root.join("etc")).expect("linked");
        assert!(replace(&root, "resolv.conf", "new", owner).is_err());
        assert!(remove(&root, "etc/resolv.conf").is_err());
        assert_eq!(fs::read_to_string(outside.join("resolv.conf")).expect("there"), "the server's");
    }
}
