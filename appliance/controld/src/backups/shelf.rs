//! The folders on the disk. A file is there whole or not at all, and once it is said to be there it stays.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt as _;
use rackwright_domain::ports::Chance as _;
use ring::digest::{Context, SHA256};
use serde::Serialize;
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use super::names::{FOLDER, Kind, is_hex};
use super::room::{Full, Room};
use crate::adapters::KernelChance;

/// Bytes of the file `config`.
const CONFIG: u64 = 1 << 20;
/// Where files lie until they are whole.
const FRESH: &str = "tmp";

/// All folders.
#[derive(Clone)]
pub struct Shelf {
    base: Arc<PathBuf>,
    pub(super) room: Arc<Room>,
    chance: Arc<KernelChance>,
}

/// A request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("it is not there")]
    Missing,
    #[error("it is there already")]
    There,
    #[error("it has more than {0} bytes")]
    TooLong(u64),
    #[error("it has not the SHA-256 that it is named by")]
    Misnamed,
    #[error("these backups take as much room as they may")]
    Full,
    #[error("the disk of the Control Center is full")]
    DiskFull,
    #[error("the body broke off")]
    Broken,
    #[error("the disk of the Control Center failed")]
    Disk(#[from] io::Error),
}

/// A file in a list, as version 2 of the protocol writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub name: String,
    pub size: u64,
}

impl Shelf {
    #[must_use]
    pub fn new(base: PathBuf) -> Self {
        Self { base: Arc::new(base), room: Arc::default(), chance: Arc::default() }
    }

    /// Takes away what a crash left in any folder: nobody may be at work in one yet.
    ///
    /// # Errors
    /// The kernel's on the first that stays; the others are gone.
    pub fn sweep(&self) -> io::Result<()> {
        let mut swept = Ok(());
        for folder in std::fs::read_dir(self.base())? {
            let folder = folder?;
            // Whatever else lies there is somebody else's.
            let is_ours = folder.file_type()?.is_dir()
                && folder.file_name().to_str().is_some_and(|name| is_hex(name, FOLDER));
            if is_ours {
                swept = swept.and(sweep(&folder.path()));
            }
        }
        swept
    }

    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    fn folder(&self, folder: &str) -> PathBuf {
        self.base.join(folder)
    }

    /// Where a file lies. Those of data are spread over 256 directories, as restic's local backend has them.
    #[must_use]
    pub fn path(&self, folder: &str, kind: Kind, name: &str) -> PathBuf {
        let directory = self.folder(folder).join(kind.word());
        match kind {
            Kind::Data => directory.join(&name[..2]).join(name),
            Kind::Keys | Kind::Locks | Kind::Snapshots | Kind::Index => directory.join(name),
        }
    }

    #[must_use]
    pub fn config(&self, folder: &str) -> PathBuf {
        self.folder(folder).join("config")
    }

    /// Lays a folder out. One that is there stays.
    ///
    /// # Errors
    /// [`ShelfError::Disk`]
    pub async fn lay_out(&self, folder: &str) -> Result<(), ShelfError> {
        use std::os::unix::fs::DirBuilderExt;
        let folder = self.folder(folder);
        let make = move || -> io::Result<()> {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true).mode(0o700);
            for kind in Kind::ALL {
                builder.create(folder.join(kind.word()))?;
            }
            for byte in 0..=255_u8 {
                builder.create(folder.join(Kind::Data.word()).join(format!("{byte:02x}")))?;
            }
            builder.create(folder.join(FRESH))?;
            crate::files::sync(&folder)
        };
        Ok(tokio::task::spawn_blocking(make).await.map_err(io::Error::other)??)
    }

    /// Saves a file under the name that its content gives it. One that is there already is that very content.
    ///
    /// # Errors
    /// [`ShelfError`]; nothing is saved then.
    pub async fn save(
        &self,
        folder: &str,
        kind: Kind,
        name: &str,
        length: u64,
        body: Body,
        limit: u64,
    ) -> Result<(), ShelfError> {
        let place = self.path(folder, kind, name);
        if fs::try_exists(&place).await? {
            return Ok(());
        }
        if length > kind.most() {
            return Err(ShelfError::TooLong(kind.most()));
        }
        self.put(folder, &place, Some(name), length, body, limit).await
    }

    /// Saves the file `config`, once and for all.
    ///
    /// # Errors
    /// [`ShelfError`]
    pub async fn save_config(
        &self,
        folder: &str,
        length: u64,
        body: Body,
        limit: u64,
    ) -> Result<(), ShelfError> {
        let place = self.config(folder);
        if fs::try_exists(&place).await? {
            return Err(ShelfError::There);
        }
        if length > CONFIG {
            return Err(ShelfError::TooLong(CONFIG));
        }
        self.put(folder, &place, None, length, body, limit).await
    }

    /// A name that no file has. What a crash left may be a second name of a file that counts.
    fn fresh_name(&self) -> String {
        let mut name = [0; 16];
        self.chance.fill(&mut name);
        hex::encode(name)
    }

    async fn put(
        &self,
        folder: &str,
        place: &Path,
        name: Option<&str>,
        length: u64,
        body: Body,
        limit: u64,
    ) -> Result<(), ShelfError> {
        let taken = self.room.take(&self.base, folder, length, limit);
        taken.map_err(|full| match full {
            Full::Folder => ShelfError::Full,
            Full::Disk => ShelfError::DiskFull,
        })?;
        let fresh = self.folder(folder).join(FRESH).join(self.fresh_name());
        // It goes also when the connection breaks off and nobody waits for us any more.
        let guard = Fresh { path: fresh.clone(), room: &self.room, folder, length, kept: false };
        let put = write(&fresh, name, length, body).await;
        put?;
        match fs::hard_link(&fresh, place).await {
            Ok(()) => {}
            // Another request was faster; with a name of its own it is the same content.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && name.is_some() => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(ShelfError::There),
            Err(error) => return Err(error.into()),
        }
        guard.keep();
        let parent = place.parent().unwrap_or(&self.base).to_owned();
        tokio::task::spawn_blocking(move || crate::files::sync(&parent))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }

    /// The files of a kind.
    ///
    /// # Errors
    /// [`ShelfError::Disk`]
    pub async fn list(&self, folder: &str, kind: Kind) -> Result<Vec<Listed>, ShelfError> {
        let directory = self.folder(folder).join(kind.word());
        let look = move || -> io::Result<Vec<Listed>> {
            let mut all = Vec::new();
            let mut open = vec![directory];
            while let Some(directory) = open.pop() {
                let entries = match std::fs::read_dir(&directory) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    other => other?,
                };
                for entry in entries {
                    let entry = entry?;
                    let Ok(known) = entry.metadata() else { continue };
                    match entry.file_name().into_string() {
                        Ok(_) if known.is_dir() => open.push(entry.path()),
                        Ok(name) if is_hex(&name, 64) => all.push(Listed { name, size: known.len() }),
                        Ok(_) | Err(_) => {}
                    }
                }
            }
            Ok(all)
        };
        Ok(tokio::task::spawn_blocking(look).await.map_err(io::Error::other)??)
    }

    /// Removes a lock. Nothing else is ever removed on an agent's word.
    ///
    /// # Errors
    /// [`ShelfError`]
    pub async fn unlock(&self, folder: &str, name: &str) -> Result<(), ShelfError> {
        let path = self.path(folder, Kind::Locks, name);
        let length = fs::metadata(&path).await.map_err(missing)?.len();
        fs::remove_file(&path).await.map_err(missing)?;
        self.room.give(folder, length);
        Ok(())
    }
}

/// Takes away what lies in a folder and is not whole: nobody may be at work in it.
///
/// # Errors
/// The kernel's.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder.join(FRESH)) {
        // It is not laid out, or no folder of backups at all.
        Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(());
        }
        other => other?,
    };
    for entry in entries {
        std::fs::remove_file(entry?.path())?;
    }
    Ok(())
}

/// An absent file is said to be missing.
pub(super) fn missing(error: io::Error) -> ShelfError {
    if error.kind() == io::ErrorKind::NotFound { ShelfError::Missing } else { ShelfError::Disk(error) }
}

/// A file that counts for nothing yet, and the room that was taken for it.
struct Fresh<'a> {
    path: PathBuf,
    room: &'a Room,
    folder: &'a str,
    length: u64,
    kept: bool,
}

impl Fresh<'_> {
    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        // What stays is swept away at the next start, or when the folder is tidied.
        drop(std::fs::remove_file(&self.path));
        if !self.kept {
            self.room.give(self.folder, self.length);
        }
    }
}

async fn write(fresh: &Path, name: Option<&str>, length: u64, mut body: Body) -> Result<(), ShelfError> {
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(fresh).await;
    let mut file = opened.map_err(missing)?;
    let (mut hash, mut written) = (Context::new(&SHA256), 0_u64);
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame.map_err(|_| ShelfError::Broken)?.into_data() else { continue };
        written += bytes.len() as u64;
        if written > length {
            return Err(ShelfError::TooLong(length));
        }
        hash.update(&bytes);
        file.write_all(&bytes).await?;
    }
    if written != length {
        return Err(ShelfError::Broken);
    }
    if name.is_some_and(|name| hex::encode(hash.finish()) != name) {
        return Err(ShelfError::Misnamed);
    }
    file.sync_all().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "0123456789abcdef0123456789abcdef";

    async fn save(shelf: &Shelf, bytes: &'static [u8]) -> PathBuf {
        let name = hex::encode(ring::digest::digest(&SHA256, bytes));
        let (length, limit) = (bytes.len() as u64, 1 << 30);
        let saved = shelf.save(FOLDER, Kind::Data, &name, length, Body::from(bytes), limit).await;
        saved.expect("saved");
        shelf.path(FOLDER, Kind::Data, &name)
    }

    #[tokio::test]
    async fn a_second_name_that_a_crash_left_spoils_no_file() {
        let base = tempfile::tempdir().expect("a directory");
        let shelf = Shelf::new(base.path().to_owned());
        shelf.lay_out(FOLDER).await.expect("laid out");
        let packs = [save(&shelf, b"one").await, save(&shelf, b"two").await];
        // It died after it had named them, and before it took their first names away.
        let left = base.path().join(FOLDER).join(FRESH);
        for (at, pack) in packs.iter().enumerate() {
            std::fs::hard_link(pack, left.join(at.to_string())).expect("linked");
        }
        let shelf = Shelf::new(base.path().to_owned());
        save(&shelf, b"three").await;
        let whole = || packs.clone().map(|pack| std::fs::read(pack).expect("there"));
        assert_eq!(whole(), [b"one".to_vec(), b"two".to_vec()]);

        std::fs::write(base.path().join("a-file"), "not ours").expect("written");
        std::fs::create_dir(base.path().join("lost+found")).expect("made");
        shelf.sweep().expect("swept");
        assert_eq!(std::fs::read_dir(&left).expect("there").count(), 0);
        assert_eq!(whole(), [b"one".to_vec(), b"two".to_vec()], "they have their own names");
    }
}
