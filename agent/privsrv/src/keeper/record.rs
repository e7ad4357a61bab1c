//! What is kept of a private server on the disk of its server: what is wanted, and what of it is done. From this alone a
//! server carries on after a restart, without the Control Center.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rackwright_model::private_server::{Number, Wanted};
use serde::{Deserialize, Serialize};

use crate::durable::{self, FileError};
use crate::firewall::Cable;

/// The longest record that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The content of psN.json.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub wanted: Wanted,
    #[serde(default)]
    pub done: Done,
}

/// What was carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Done {
    /// The last generation that was carried out to its end.
    pub generation: u64,
    /// Its files; none before they are made whole.
    pub made: Option<Made>,
    /// The reboots that were carried out.
    pub boots: u32,
    /// The cable that lies; none while that is uncertain.
    pub laid: Option<Cable>,
    /// Every address that the card to the outside may answer for. Noted before it is set, so that none is forgotten.
    pub addresses: Vec<IpAddr>,
    /// Host name and name servers that stand in its files.
    pub name: String,
    pub dns: Vec<IpAddr>,
    /// A clone that came too late: the files that it was to begin with are not here, and whoever has their number is another.
    pub origin_lost: bool,
}

impl Done {
    /// Its files are others now, which lie over this version of a template.
    pub fn lie_over(&mut self, template: &str) {
        if let Some(made) = &mut self.made {
            template.clone_into(&mut made.template);
        }
        // Name and name servers of then stand in them.
        self.name.clear();
        self.dns.clear();
    }
}

/// Of what its files were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub edition: u32,
    /// The version of the template below them, which stays when a newer one is wanted: files above fit no other.
    pub template: String,
}

/// A record that cannot be used; the private server is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} holds no private server: {why}", path.display())]
    Content { path: PathBuf, why: String },
}

/// The directory of the records.
#[derive(Debug, Clone)]
pub struct Records(pub PathBuf);

impl Records {
    fn path(&self, number: Number) -> PathBuf {
        self.0.join(format!("{}.json", number.tag()))
    }

    /// All that can be read, in order of number, and what is wrong with the others.
    ///
    /// # Errors
    /// When the directory cannot be read. None is there before the first private server.
    pub fn load(&self) -> Result<(BTreeMap<u32, Record>, Vec<RecordError>), FileError> {
        let (mut all, mut bad) = (BTreeMap::new(), Vec::new());
        let entries = match fs::read_dir(&self.0) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok((all, bad)),
            other => other.map_err(FileError::of("read", &self.0))?,
        };
        for entry in entries {
            let path = entry.map_err(FileError::of("read", &self.0))?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            match read(&path) {
                Ok(record) => drop(all.insert(record.wanted.number.into(), record)),
                Err(why) => bad.push(why),
            }
        }
        Ok((all, bad))
    }

    /// Keeps a record, durably.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn keep(&self, record: &Record) -> Result<(), FileError> {
        let path = self.path(record.wanted.number);
        fs::create_dir_all(&self.0).map_err(FileError::of("make", &self.0))?;
        let text = serde_json::to_vec(record).map_err(|why| FileError::of("write", &path)(why.into()))?;
        durable::replace(&path, &text, 0o600)
    }

    /// Forgets one.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn forget(&self, number: Number) -> Result<(), FileError> {
        durable::remove(&self.path(number))
    }
}

fn read(path: &Path) -> Result<Record, RecordError> {
    let bad = |why: String| RecordError::Content { path: path.to_owned(), why };
    let length = path.metadata().map_err(FileError::of("read", path))?.len();
    if length > LONGEST {
        return Err(bad(format!("it has {length} bytes")));
    }
    let text = fs::read(path).map_err(FileError::of("read", path))?;
    let record = parse(&text).map_err(&bad)?;
    let named = format!("{}.json", record.wanted.number.tag());
    if path.file_name().is_none_or(|name| name != named.as_str()) {
        return Err(bad(format!("it is that of {named}")));
    }
    Ok(record)
}

/// Reads the content of a record.
pub fn parse(text: &[u8]) -> Result<Record, String> {
    let record: Record = serde_json::from_slice(text).map_err(|why| why.to_string())?;
    if record.done.made.as_ref().is_some_and(|made| !is_version(&made.template)) {
        return Err("its template is no SHA-256".to_owned());
    }
    Ok(record)
}

/// Whether this names a version of a template: a name of a directory is made of it.
#[must_use]
pub fn is_version(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
