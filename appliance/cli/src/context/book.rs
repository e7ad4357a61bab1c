//! The file that remembers Control Centers: `contexts.json` in `$XDG_CONFIG_HOME/rackwright` (XDG Base Directory
//! Specification), else in `~/.config/rackwright`. It holds tokens: the folder has mode 0700, the file 0600, and a file
//! that others may read is refused.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rackwright_client::Trust;
use serde::{Deserialize, Serialize};

use crate::input::InputError;
use crate::private::read_private;

/// Bytes of the file.
const LONGEST: u64 = 1 << 20;

/// A Control Center on another machine, and how to reach it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Context {
    pub url: String,
    /// SHA-256 of the certificate that it is recognised by; goes before `ca`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// A PEM file with its authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// All that are remembered.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    /// The one that is used when nothing else is said; none is this machine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    #[serde(default)]
    pub contexts: BTreeMap<String, Context>,
}

impl Context {
    /// By what it is recognised.
    ///
    /// # Errors
    /// When the fingerprint is not one.
    pub fn trust(&self) -> Result<Trust, InputError> {
        match (&self.fingerprint, &self.ca) {
            (Some(text), _) => text
                .parse()
                .map(Trust::Fingerprint)
                .map_err(|error| InputError(format!("the fingerprint of the context: {error}"))),
            (None, Some(file)) => Ok(Trust::CaFile(file.clone())),
            (None, None) => Ok(Trust::Unknown),
        }
    }
}

/// Where the file lies; none when this process has neither `XDG_CONFIG_HOME` nor `HOME`.
pub(crate) fn place() -> Option<PathBuf> {
    // A relative path is to be ignored, by the specification.
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))?;
    Some(config.join("rackwright").join("contexts.json"))
}

/// What is remembered at `place`; nothing when there is no file yet.
///
/// # Errors
/// When others may read the file, or it is not what this version writes.
pub(crate) fn read(place: &Path) -> Result<Book, InputError> {
    let text = match read_private(place, LONGEST) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Book::default()),
        Err(error) => return Err(InputError(format!("the contexts in {}: {error}", place.display()))),
    };
    serde_json::from_str(&text).map_err(|error| {
        InputError(format!("the contexts in {}: {error}; correct the file, or move it away", place.display()))
    })
}

/// Change what is remembered. Two commands at once do not lose each other's change; the file is whole at any time.
///
/// # Errors
/// What `change` refuses, or why the file cannot be written.
pub(crate) fn update(
    place: &Path,
    change: impl FnOnce(&mut Book) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let failed = |error: std::io::Error| {
        InputError(format!("the contexts in {} cannot be written: {error}", place.display()))
    };
    let folder = place.parent().unwrap_or(Path::new("/"));
    let _turn = turn(folder).map_err(failed)?;
    let mut book = read(place)?;
    change(&mut book)?;
    write(folder, place, &book).map_err(failed)
}

/// Holds others off while it lives.
fn turn(folder: &Path) -> std::io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let lock =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn write(folder: &Path, place: &Path, book: &Book) -> std::io::Result<()> {
    // Made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let text = serde_json::to_string_pretty(book)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(place)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(token: &str) -> Context {
        Context { url: "https://a:8443".into(), fingerprint: None, ca: None, token: Some(token.into()) }
    }

    fn put(place: &Path, name: &str) {
        let name = name.to_owned();
        update(place, |book| {
            book.contexts.insert(name, context("rwt_a"));
            Ok(())
        })
        .expect("written");
    }

    #[test]
    fn nobody_else_reads_it_and_a_refused_change_leaves_it() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("rackwright/contexts.json");
        assert!(read(&place).expect("nothing yet").contexts.is_empty());
        put(&place, "lab");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&place), mode(place.parent().expect("a folder"))), (0o600, 0o700));
        let refused = update(&place, |book| {
            book.contexts.clear();
            Err(InputError("no".into()))
        });
        assert!(refused.is_err() && read(&place).expect("whole").contexts.contains_key("lab"));
        std::fs::set_permissions(&place, Permissions::from_mode(0o640)).expect("set");
        let Err(InputError(why)) = read(&place) else { panic!("read") };
        assert!(why.contains(&format!("chmod 600 {}", place.display())), "{why}");
    }

    #[test]
    fn changes_at_the_same_time_are_all_kept() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("rackwright/contexts.json");
        std::thread::scope(|scope| {
            for at in 0..12 {
                let place = &place;
                scope.spawn(move || put(place, &format!("c{at}")));
            }
        });
        assert_eq!(read(&place).expect("whole").contexts.len(), 12);
    }
}
