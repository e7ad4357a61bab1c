//! Files that hold secrets.

use std::fs::File;
use std::io::{Error, Read, Result};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The text of a file that only its owner may read. A pipe, as of `<(command)`, has no other readers and is taken.
///
/// # Errors
/// When it cannot be read, others may read it, or it is larger than `limit` bytes.
pub(crate) fn read_private(path: &Path, limit: u64) -> Result<String> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    let mode = about.permissions().mode() & 0o777;
    if about.is_file() && mode & 0o077 != 0 {
        let name = path.display().to_string();
        let quoted = shlex::try_quote(&name).unwrap_or_default();
        return Err(Error::other(format!(
            "others may read it (mode {mode:04o}), and it holds a secret; run: chmod 600 {quoted}"
        )));
    }
    let mut text = String::new();
    if file.take(limit + 1).read_to_string(&mut text)? as u64 > limit {
        return Err(Error::other(format!("it is larger than {limit} bytes")));
    }
    Ok(text)
}
