//! Ways below a directory that others have filled. The kernel walks them (openat2(2)) and follows nothing: a link anywhere on
//! the way means that there is no way.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{Mode, fstatat};

/// The directory at `path` below `root`.
///
/// # Errors
/// The kernel's: it is not there, or a link is in the way (ELOOP).
pub fn directory(root: &Path, path: &str) -> io::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let root = openat(AT_FDCWD, root, flags | OFlag::O_NOFOLLOW, Mode::empty())?;
    let resolve =
        ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_XDEV;
    Ok(openat2(&root, path, OpenHow::new().flags(flags).resolve(resolve))?)
}

/// That something stands at `path` below `root`; it may itself be a link.
///
/// # Errors
/// As [`directory`].
pub fn look(root: &Path, path: &str) -> io::Result<()> {
    let path = path.trim_matches('/');
    if path.is_empty() {
        return directory(root, ".").map(drop);
    }
    if path.split('/').any(|part| part == "..") {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads upwards"));
    }
    let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
    fstatat(directory(root, parent)?, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_stands_behind_a_link_does_not_stand_there() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
        fs::create_dir_all(root.join("etc/deep")).expect("made");
        fs::create_dir(&outside).expect("made");
        fs::write(outside.join("shadow"), "the server's").expect("written");
        fs::write(root.join("etc/deep/file"), "").expect("written");
        symlink(&outside, root.join("esc")).expect("linked");
        symlink("../etc", root.join("etc/back")).expect("linked");
        for path in ["/", "/etc", "/etc/deep/", "/etc/deep/file", "/esc", "/etc/back", "esc/"] {
            look(&root, path).unwrap_or_else(|why| panic!("{path}: {why}"));
        }
        assert!(look(&root.join("esc"), "/").is_err() && look(&root.join("esc"), "/shadow").is_err());
        for path in ["/esc/shadow", "/etc/back/deep", "/etc/deep/file/more", "/../outside", "/none"] {
            assert!(look(&root, path).is_err(), "{path}");
        }
    }
}
