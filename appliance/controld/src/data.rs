//! The data folder: only one daemon at a time, private, and complete.
//!
//! | name | what |
//! |---|---|
//! | `lock` | held while a daemon runs; holds its process id |
//! | `rackwright.db` | the database |
//! | `secrets.key` | opens the secrets in the database; 64 hexadecimal digits, mode 0600 |
//! | `ca/` | the certificate authority |
//! | `images/`, `work/` | images, and the room in which they are built |
//! | `import/` | where people put images that they import, unless the configuration names other places |
//! | `boot/` | links to the files of the provisioning environment |

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rackwright_domain::ports::Chance;
use rackwright_domain::secret::SecretKey;

use crate::files;

/// The data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("could not {what} {}; check data_dir in the configuration, its permissions and the room on its disk", path.display())]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another rackwrightd (process {process}) uses the data folder {}; stop it, or give this one its own data_dir", path.display())]
    Locked { path: PathBuf, process: String },
    #[error(
        "{} is missing, but there is a database whose secrets it opens. Restore it from a backup; if it is lost, make another with: \
         (umask 077; od -An -vtx1 -N32 /dev/urandom | tr -d ' \\n' > {}) and then set the BMC passwords of all servers again",
        .0.display(), .0.display()
    )]
    KeyMissing(PathBuf),
    #[error("{} does not hold 64 hexadecimal digits; restore it from a backup", .0.display())]
    KeyDamaged(PathBuf),
}

/// The data folder, locked for this process.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Gives the lock up when it is dropped, or when the process dies in whatever way.
    _lock: File,
}

impl DataDir {
    /// Opens the folder, making what is missing.
    ///
    /// # Errors
    /// [`DataError`] when another daemon has it, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        private_folder(path)?;
        let lock = lock(path)?;
        let data = Self { path: path.to_owned(), _lock: lock };
        for folder in [data.images(), data.work(), data.boot(), data.path.join("import")] {
            private_folder(&folder)?;
        }
        Ok(data)
    }

    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("rackwright.db")
    }

    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.path.join("ca")
    }

    #[must_use]
    pub fn images(&self) -> PathBuf {
        self.path.join("images")
    }

    #[must_use]
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    #[must_use]
    pub fn boot(&self) -> PathBuf {
        self.path.join("boot")
    }

    /// The key of the stored secrets; made on the first start, before the database.
    ///
    /// # Errors
    /// [`DataError`] when it is lost or damaged.
    pub fn secret_key(&self, chance: &dyn Chance) -> Result<SecretKey, DataError> {
        let path = self.path.join("secrets.key");
        let mut bytes = [0; SecretKey::LEN];
        match fs::read_to_string(&path) {
            Ok(text) => {
                hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| DataError::KeyDamaged(path))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.database().exists() {
                    return Err(DataError::KeyMissing(path));
                }
                chance.fill(&mut bytes);
                let text = hex::encode(bytes) + "\n";
                files::replace(&path, text.as_bytes(), 0o600).map_err(|source| DataError::File {
                    what: "write",
                    path,
                    source,
                })?;
            }
            Err(source) => return Err(DataError::File { what: "read", path, source }),
        }
        Ok(SecretKey::new(&bytes))
    }
}

/// A folder that only we may look into, made when it is missing.
pub(crate) fn private_folder(path: &Path) -> Result<(), DataError> {
    let failed = |what| move |source| DataError::File { what, path: path.to_owned(), source };
    fs::create_dir_all(path).map_err(failed("create"))?;
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(failed("protect"))
}

fn lock(folder: &Path) -> Result<File, DataError> {
    let path = folder.join("lock");
    let failed = |what| {
        let path = path.clone();
        move |source| DataError::File { what, path, source }
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed("open"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            let known = file.read_to_string(&mut process).is_ok() && !process.trim().is_empty();
            let process = if known { process.trim().to_owned() } else { "unknown".to_owned() };
            return Err(DataError::Locked { path: folder.to_owned(), process });
        }
        Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
    }
    let note = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(std::process::id().to_string().as_bytes())
    };
    note(&mut file).map_err(failed("write"))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::KernelChance;

    #[test]
    fn only_one_daemon_at_a_time() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let first = DataDir::open(dir.path()).expect("free");
        let error = DataDir::open(dir.path()).expect_err("taken").to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        drop(first);
        DataDir::open(dir.path()).expect("free again");
    }

    #[test]
    fn the_secret_key_stays_and_its_loss_is_noticed() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let data = DataDir::open(dir.path()).expect("free");
        let chance = KernelChance::new();
        let sealed = data.secret_key(&chance).expect("made").seal(&chance, "test", "hush");
        assert_eq!(
            data.secret_key(&chance).expect("read").open("test", &sealed).expect("the same key"),
            "hush"
        );
        let path = dir.path().join("secrets.key");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);

        fs::write(&path, "short").expect("written");
        assert!(matches!(data.secret_key(&chance), Err(DataError::KeyDamaged(_))));
        fs::remove_file(&path).expect("removed");
        fs::write(data.database(), "").expect("written");
        assert!(matches!(data.secret_key(&chance), Err(DataError::KeyMissing(_))));
    }
}
