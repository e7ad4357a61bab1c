//! Removing directories that others have filled. rm(1) does it: it takes a few descriptors however deep they lie within each
//! other.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::places::Places;
use crate::tool::{self, ToolError};

/// What is not gone by then is removed by the next try.
const LIMIT: Duration = Duration::from_secs(1_800);

/// Removes a directory with all that is in it; one that is not there is removed. What is mounted in it stays, and is an error.
///
/// # Errors
/// [`ToolError`], with what stays.
pub fn remove(path: &Path) -> Result<(), ToolError> {
    if path.symlink_metadata().is_err_and(|why| why.kind() == io::ErrorKind::NotFound) {
        return Ok(());
    }
    let named = |source| ToolError::Speak { program: "rm".to_owned(), source };
    let name = Places::text(path).map_err(named)?;
    tool::run("rm", &["-rf", "--one-file-system", "--", name], LIMIT)?;
    Ok(())
}

#[cfg(test)]
pub use tests::deep;

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write as _;

    use nix::fcntl::{OFlag, open, openat};
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    use nix::sys::stat::{Mode, mkdirat};

    use super::*;

    /// So many directories within each other, with a file of four bytes in the last: no path names that.
    pub fn deep(top: &Path, levels: usize) {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        fs::create_dir(top).expect("made");
        let mut here = open(top, flags, Mode::empty()).expect("opened");
        for _ in 0..levels {
            mkdirat(&here, "directory", Mode::S_IRWXU).expect("made");
            here = openat(&here, "directory", flags, Mode::empty()).expect("opened");
        }
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_CLOEXEC;
        let file = openat(&here, "file", flags, Mode::S_IRUSR | Mode::S_IWUSR).expect("made");
        File::from(file).write_all(b"four").expect("written");
    }

    #[test]
    fn a_deep_tree_goes_with_few_descriptors() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let top = dir.path().join("top");
        deep(&top, 1_500);
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("known");
        setrlimit(Resource::RLIMIT_NOFILE, soft.min(256), hard).expect("set");
        let removed = remove(&top);
        setrlimit(Resource::RLIMIT_NOFILE, soft, hard).expect("set");
        removed.expect("removed");
        assert!(top.symlink_metadata().is_err());
        remove(&top).expect("removed already");
    }
}
