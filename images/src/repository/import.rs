//! Taking in an image that somebody else made. Looked at, hashed and copied in one pass.

use std::io::{self, Read};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rackwright_model::profile::ImageFormat;
use rackwright_model::{Millis, Name};

use super::scan::{Bounds, ScanError, Tee, scan};
use super::{Repository, RepositoryError};
use crate::manifest::Manifest;
use crate::progress::{Cancelled, Watch};

/// Largest window of a zstd frame, as a power of two; what `zstd --ultra -22` uses. More would be memory for the asking.
const WINDOW_LOG: u32 = 27;
/// Bytes between two looks at the clock and at the wish to stop.
const LOOK_EVERY: usize = 4 << 20;

/// The image was not taken; the repository is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this is not a zstd-compressed tar of a system")]
    Content(#[source] ScanError),
    #[error("the image could not be written into the repository")]
    Write(#[source] ScanError),
    #[error("the file has the SHA-256 {found}, and {expected} was asked for")]
    Hash { expected: String, found: String },
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Repository {
    /// Copy an image of `length` bytes (0 when unknown; only for the progress) into the repository under `name`, if it is a
    /// system, within `bounds`, and has the SHA-256 `expected` (lower-case hexadecimal).
    ///
    /// # Errors
    /// [`ImportError`]
    pub fn import(
        &self,
        name: &Name,
        source: impl Read,
        length: u64,
        expected: Option<&str>,
        bounds: Bounds,
        watch: Watch<'_>,
    ) -> Result<Manifest, ImportError> {
        watch.say("read", "Reading the image", 0.0);
        let mut incoming = self.incoming()?;
        let watched = Watched { source, watch, length, done: 0, unseen: 0, said: Instant::now() };
        let mut tee = Tee::new(watched, &mut incoming);
        let result = decompress(&mut tee, bounds);
        watch.go_on()?;
        tee.failure().map_err(ImportError::Write)?;
        let found = result.map_err(ImportError::Content)?;
        let sha256 = incoming.sha256();
        if let Some(expected) = expected.filter(|expected| **expected != sha256) {
            return Err(ImportError::Hash { expected: expected.to_owned(), found: sha256 });
        }
        watch.say("repository", "Putting the image into the repository", 0.99);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let built_at = Millis(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
        let manifest = |sha256, bytes| Manifest {
            name: name.clone(),
            os: found.os,
            version: found.version,
            arch: found.arch,
            format: ImageFormat::TarZst,
            sha256,
            bytes,
            unpacked_bytes: found.unpacked_bytes,
            built_at,
            purpose: found.purpose,
            firmware: found.firmware,
        };
        Ok(self.finish(incoming, manifest)?)
    }
}

fn decompress(source: impl Read, bounds: Bounds) -> Result<super::Found, ScanError> {
    let open = |source| ScanError::Write { source };
    let mut decoder = zstd::Decoder::new(source).map_err(open)?;
    decoder.window_log_max(WINDOW_LOG).map_err(open)?;
    scan(decoder, bounds)
}

/// A source that reports how far it is read, and breaks off when it shall.
struct Watched<'a, R> {
    source: R,
    watch: Watch<'a>,
    length: u64,
    done: u64,
    unseen: usize,
    said: Instant,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.done += read as u64;
        self.unseen += read;
        if self.unseen >= LOOK_EVERY || read == 0 {
            self.unseen = 0;
            if self.watch.stopped() {
                return Err(io::Error::other(Cancelled));
            }
            if self.said.elapsed().as_millis() >= 250 {
                self.said = Instant::now();
                let sentence = format!("Reading the image, {} MiB", self.done >> 20);
                self.watch.say(
                    "read",
                    sentence,
                    0.98 * self.done as f64 / self.length.max(self.done).max(1) as f64,
                );
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::scan::tests::system;
    use crate::repository::{file_sha256, image_path};
    use proptest::prelude::*;

    fn packed(tar: &[u8]) -> Vec<u8> {
        zstd::encode_all(tar, 3).expect("packs")
    }

    fn name() -> Name {
        "test".parse().expect("a name")
    }

    fn import(
        repository: &Repository,
        bytes: &[u8],
        expected: Option<&str>,
    ) -> Result<Manifest, ImportError> {
        repository.import(&name(), bytes, bytes.len() as u64, expected, Bounds::default(), Watch::nobody())
    }

    fn empty() -> (tempfile::TempDir, Repository) {
        let directory = tempfile::tempdir().expect("a directory");
        let repository = Repository::open(&directory.path().join("images")).expect("opens");
        (directory, repository)
    }

    fn files(repository: &Repository) -> usize {
        std::fs::read_dir(repository.directory()).expect("reads").count()
    }

    #[test]
    fn takes_a_system_in_and_says_what_it_is() {
        let (_directory, repository) = empty();
        let bytes = packed(&system(""));
        let manifest = import(&repository, &bytes, None).expect("taken");
        let path = image_path(repository.directory(), &manifest.sha256);
        assert_eq!(file_sha256(&path).expect("reads"), manifest.sha256);
        assert_eq!((manifest.bytes, manifest.os.as_str()), (bytes.len() as u64, "Test OS 7"));
        assert_eq!(repository.manifest(&name()).expect("is there"), manifest);
        assert_eq!(files(&repository), 2);
    }

    #[test]
    fn what_is_refused_leaves_nothing() {
        let (_directory, repository) = empty();
        let good = packed(&system(""));
        let mut torn = good.clone();
        torn.truncate(good.len() - 5);
        for bytes in [b"not zstd".to_vec(), torn, packed(&system("vmlinuz")), packed(b""), Vec::new()] {
            assert!(matches!(import(&repository, &bytes, None), Err(ImportError::Content(_))));
            assert_eq!(files(&repository), 0);
        }
    }

    #[test]
    fn another_hash_is_refused_with_both() {
        let (_directory, repository) = empty();
        let wanted = "0".repeat(64);
        let error = import(&repository, &packed(&system("")), Some(&wanted)).expect_err("refused");
        assert!(
            matches!(&error, ImportError::Hash { expected, found } if *expected == wanted && found.len() == 64)
        );
        assert_eq!(files(&repository), 0);
    }

    #[test]
    fn a_small_file_that_unpacks_without_end_is_stopped() {
        let (_directory, repository) = empty();
        let mut tar = system("");
        tar.truncate(tar.len() - 1_024);
        let mut header = tar::Header::new_gnu();
        header.set_path("bomb").expect("fits");
        header.set_size(64 << 20);
        header.set_cksum();
        tar.extend_from_slice(header.as_bytes());
        tar.resize(tar.len() + (64 << 20), 0);
        let (bytes, bounds) = (packed(&tar), Bounds { bytes: 1 << 20, entries: 100 });
        assert!(bytes.len() < 64 << 10);
        let refused = repository.import(&name(), bytes.as_slice(), 0, None, bounds, Watch::nobody());
        assert!(matches!(refused, Err(ImportError::Content(_))), "{refused:?}");
    }

    #[test]
    fn a_wish_to_stop_leaves_nothing() {
        let (_directory, repository) = empty();
        let bytes = packed(&system(""));
        let watch = Watch::new(&|_| (), &|| true);
        let stopped = repository.import(&name(), bytes.as_slice(), 0, None, Bounds::default(), watch);
        assert!(matches!(stopped, Err(ImportError::Cancelled(_))), "{stopped:?}");
        assert_eq!(files(&repository), 0);
    }

    proptest! {
        #[test]
        fn any_spoilt_byte_is_answered(at in 0_usize..200, value: u8) {
            let mut bytes = packed(&system(""));
            let at = at % bytes.len();
            bytes[at] = value;
            let (_directory, repository) = empty();
            drop(import(&repository, &bytes, None));
        }
    }
}
