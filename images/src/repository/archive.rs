//! Reading a tar archive from a stranger, entry by entry (POSIX.1-2017 pax, section "ustar Interchange Format", and the GNU
//! extensions for long names).
//!
//! The attacker's input is every byte. Names are bounded, may not leave the directory that the archive is unpacked in, and
//! may not pass through a symbolic link of the same archive; what is remembered is bounded too. Nothing is written.

use std::collections::HashSet;
use std::io::{self, Read};

use tar::{EntryType, Header};

use super::bounded::Bounded;
use super::entry_path::{checked, through_link};
use super::extension::{Extension, until_nul};

const BLOCK: u64 = 512;
/// Extended headers (pax) that are taken.
const EXTENSION_BYTES: u64 = 1 << 20;
/// Bytes of paths of symbolic links that are remembered.
const REMEMBERED_BYTES: usize = 64 << 20;

/// How much of an archive is read at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of the archive once decompressed.
    pub bytes: u64,
    pub entries: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bytes: 256 << 30, entries: 4_000_000 }
    }
}

/// The archive is not one that may be unpacked. Positions are bytes of the decompressed archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive could not be read at byte {at}")]
    Read {
        at: u64,
        #[source]
        source: io::Error,
    },
    #[error("the archive ends in the middle of an entry, at byte {at}")]
    CutOff { at: u64 },
    #[error("what stands at byte {at} is not a tar header")]
    NotTar { at: u64 },
    #[error("the archive holds more than {most} {what}")]
    TooMuch { most: u64, what: &'static str },
    #[error("the archive holds an entry of the kind {kind:?}, which no system needs: {path}")]
    Kind { kind: char, path: String },
    #[error("the path {path} in the archive {why}")]
    Path { path: String, why: &'static str },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
    Symlink,
    Directory,
    Special,
}

/// One entry. Its content is skipped unless it is read before the next one is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Without `./` in front and `/` behind; empty for the root directory itself.
    pub path: String,
    pub kind: Kind,
    /// Bytes of content.
    pub size: u64,
}

/// An archive being read.
pub(super) struct Archive<R> {
    input: Bounded<R>,
    bounds: Bounds,
    /// Bytes of the present entry that are not read yet, and the padding after them.
    left: u64,
    padding: u64,
    entries: u64,
    symlinks: HashSet<String>,
    remembered: usize,
}

impl<R: Read> Archive<R> {
    pub(super) fn new(reader: R, bounds: Bounds) -> Self {
        let symlinks = HashSet::new();
        Self {
            input: Bounded::new(reader, bounds.bytes),
            bounds,
            left: 0,
            padding: 0,
            entries: 0,
            symlinks,
            remembered: 0,
        }
    }

    /// The next entry; none at the end, when everything behind the archive's end mark was read too.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, ArchiveError> {
        let mut extension = Extension::default();
        loop {
            self.input.skip(self.left + self.padding)?;
            (self.left, self.padding) = (0, 0);
            let at = self.input.at();
            let Some(header) = self.header()? else {
                return self.input.drain().map(|()| None);
            };
            let size = header.entry_size().map_err(|_| ArchiveError::NotTar { at })?;
            self.begin(size)?;
            match header.entry_type() {
                EntryType::XHeader => extension.take_pax(&self.extension()?),
                EntryType::GNULongName => extension.path = Some(until_nul(self.extension()?)),
                EntryType::GNULongLink => extension.link = Some(until_nul(self.extension()?)),
                EntryType::XGlobalHeader => drop(self.extension()?),
                kind => return self.entry(&header, kind, extension).map(Some),
            }
        }
    }

    /// The first `most` bytes of the present entry's content.
    pub(super) fn content(&mut self, most: u64) -> Result<Vec<u8>, ArchiveError> {
        let wanted = self.left.min(most);
        let mut content = vec![0; usize::try_from(wanted).unwrap_or(0)];
        self.input.fill(&mut content)?;
        self.left -= wanted;
        Ok(content)
    }

    fn entry(
        &mut self,
        header: &Header,
        kind: EntryType,
        extension: Extension,
    ) -> Result<Entry, ArchiveError> {
        self.entries += 1;
        if self.entries > self.bounds.entries {
            return Err(ArchiveError::TooMuch { most: self.bounds.entries, what: "entries" });
        }
        let raw = extension.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let path = checked(&raw)?;
        let kind = match kind {
            EntryType::Regular | EntryType::Continuous => Kind::File,
            EntryType::Link => Kind::Link,
            EntryType::Symlink => Kind::Symlink,
            EntryType::Directory => Kind::Directory,
            EntryType::Char | EntryType::Block | EntryType::Fifo => Kind::Special,
            other => return Err(ArchiveError::Kind { kind: char::from(other.as_byte()), path }),
        };
        if let Some(size) = extension.size {
            self.begin(size)?;
        }
        self.stays_inside(&path)?;
        if kind != Kind::Symlink && self.symlinks.contains(&path) {
            return Err(through_link(&path));
        }
        match kind {
            Kind::Link => {
                let target =
                    extension.link.or_else(|| header.link_name_bytes().map(|name| name.into_owned()));
                let target = checked(&target.unwrap_or_default())?;
                self.stays_inside(&target)?;
            }
            Kind::Symlink => self.remember(&path)?,
            Kind::File | Kind::Directory | Kind::Special => {}
        }
        // Only files have content, whatever the header says of others.
        if kind != Kind::File {
            self.begin(0)?;
        }
        Ok(Entry { size: self.left, path, kind })
    }

    /// The next header, or none at the end mark or a clean end of the input.
    fn header(&mut self) -> Result<Option<Header>, ArchiveError> {
        let mut block = [0; BLOCK as usize];
        let start = self.input.at();
        match self.input.fill(&mut block) {
            Ok(()) => {}
            Err(ArchiveError::CutOff { at }) if at == start && start > 0 => return Ok(None),
            Err(error) => return Err(error),
        }
        if block.iter().all(|byte| *byte == 0) {
            return if start == 0 { Err(ArchiveError::NotTar { at: 0 }) } else { Ok(None) };
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(&block);
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        if header.cksum().is_ok_and(|stated| stated == sum) {
            Ok(Some(header))
        } else {
            Err(ArchiveError::NotTar { at: start })
        }
    }

    fn begin(&mut self, size: u64) -> Result<(), ArchiveError> {
        if size > self.bounds.bytes {
            return Err(self.input.too_long());
        }
        self.left = size;
        self.padding = size.next_multiple_of(BLOCK) - size;
        Ok(())
    }

    fn extension(&mut self) -> Result<Vec<u8>, ArchiveError> {
        if self.left > EXTENSION_BYTES {
            return Err(ArchiveError::TooMuch { most: EXTENSION_BYTES, what: "bytes of extended header" });
        }
        self.content(EXTENSION_BYTES)
    }

    fn remember(&mut self, path: &str) -> Result<(), ArchiveError> {
        self.remembered += path.len() + size_of::<String>();
        if self.remembered > REMEMBERED_BYTES {
            return Err(ArchiveError::TooMuch {
                most: REMEMBERED_BYTES as u64,
                what: "bytes of names of symbolic links",
            });
        }
        self.symlinks.insert(path.to_owned());
        Ok(())
    }

    fn stays_inside(&self, path: &str) -> Result<(), ArchiveError> {
        let through = path.match_indices('/').any(|(at, _)| self.symlinks.contains(&path[..at]));
        if through {
            return Err(through_link(path));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tar::Builder;

    /// An archive of files (path, content) and symbolic links (path, target), written raw so that bad paths pass.
    fn archive(files: &[(&str, &[u8])], links: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (path, target) in links {
            builder.append(&header(path, EntryType::Symlink, target, 0), io::empty()).expect("appends");
        }
        for (path, content) in files {
            builder
                .append(&header(path, EntryType::Regular, "", content.len() as u64), *content)
                .expect("appends");
        }
        builder.into_inner().expect("finishes")
    }

    fn header(path: &str, kind: EntryType, target: &str, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_cksum();
        header
    }

    fn walk(bytes: &[u8]) -> Result<Vec<Entry>, ArchiveError> {
        let mut archive = Archive::new(bytes, Bounds { bytes: 1 << 20, entries: 100 });
        let mut all = Vec::new();
        while let Some(entry) = archive.next()? {
            all.push(entry);
        }
        Ok(all)
    }

    #[test]
    fn gives_entries_and_their_content() {
        let bytes = archive(&[("./etc/os-release", b"ID=x"), ("b/", b"")], &[]);
        let mut archive = Archive::new(bytes.as_slice(), Bounds::default());
        let first = archive.next().expect("reads").expect("is there");
        assert_eq!(first, Entry { path: "etc/os-release".into(), kind: Kind::File, size: 4 });
        assert_eq!(archive.content(2).expect("reads"), b"ID");
        assert_eq!(archive.next().expect("reads").expect("is there").path, "b");
        assert_eq!(archive.next().expect("reads"), None);
    }

    #[test]
    fn long_names_are_read() {
        let long = format!("{}/x", "d".repeat(180));
        let mut builder = Builder::new(Vec::new());
        let mut plain = header("x", EntryType::Regular, "", 0);
        builder.append_data(&mut plain, &long, io::empty()).expect("appends");
        assert_eq!(walk(&builder.into_inner().expect("finishes")).expect("reads")[0].path, long);
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        for (path, why) in [("/etc/passwd", "absolute"), ("a/../../b", ".."), ("..", "..")] {
            let error = walk(&archive(&[(path, b"")], &[])).expect_err(path).to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn nothing_passes_through_a_symbolic_link() {
        let error = walk(&archive(&[("a/b/c", b"")], &[("a/b", "/etc")])).expect_err("refused");
        assert!(error.to_string().contains("passes through a symbolic link"), "{error}");
        assert!(walk(&archive(&[("a/bc", b"")], &[("a/b", "/etc")])).is_ok());
    }

    #[test]
    fn hard_links_stay_inside_too() {
        let mut builder = Builder::new(Vec::new());
        builder.append(&header("a", EntryType::Link, "../../etc/shadow", 0), io::empty()).expect("appends");
        assert!(matches!(walk(&builder.into_inner().expect("finishes")), Err(ArchiveError::Path { .. })));
    }

    #[test]
    fn a_huge_long_name_is_not_read_into_memory() {
        let mut builder = Builder::new(Vec::new());
        builder
            .append(&header("x", EntryType::GNULongName, "", 600_000), io::repeat(b'a').take(600_000))
            .expect("appends");
        let mut bytes = builder.into_inner().expect("finishes");
        let huge = header("x", EntryType::GNULongName, "", 1 << 19 << 4);
        bytes[..512].copy_from_slice(huge.as_bytes());
        let mut archive = Archive::new(bytes.as_slice(), Bounds::default());
        assert!(matches!(archive.next(), Err(ArchiveError::TooMuch { .. })));
    }

    #[test]
    fn bounds_hold() {
        let many: Vec<(String, &[u8])> = (0..101).map(|number| (number.to_string(), &b""[..])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(path, content)| (path.as_str(), *content)).collect();
        assert!(matches!(walk(&archive(&many, &[])), Err(ArchiveError::TooMuch { what: "entries", .. })));
        let big = vec![0; 2 << 20];
        assert!(matches!(
            walk(&archive(&[("big", &big)], &[])),
            Err(ArchiveError::TooMuch { what: "bytes", .. })
        ));
    }

    #[test]
    fn an_archive_that_breaks_off_is_noticed() {
        let bytes = archive(&[("a", &[7; 2_000])], &[]);
        assert!(matches!(walk(&bytes[..1_000]), Err(ArchiveError::CutOff { .. })));
        assert!(matches!(walk(b""), Err(ArchiveError::CutOff { .. })));
        assert!(matches!(walk(&[0; 1_024]), Err(ArchiveError::NotTar { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..4_096)) {
            drop(walk(&bytes));
        }

        #[test]
        fn a_spoilt_archive_never_yields_a_path_that_leads_out(
            at in 0_usize..3_072, value: u8, fix_sum: bool, name in "[a./]{1,12}"
        ) {
            let mut bytes = archive(&[(&name, b"one"), ("./b/c", b"two")], &[("l", "/etc")]);
            bytes[at] = value;
            if fix_sum {
                let mut header = Header::new_old();
                header.as_mut_bytes().copy_from_slice(&bytes[512..1_024]);
                header.set_cksum();
                bytes[512..1_024].copy_from_slice(header.as_bytes());
            }
            for entry in walk(&bytes).unwrap_or_default() {
                prop_assert!(!entry.path.starts_with('/') && !entry.path.split('/').any(|part| part == ".."));
            }
        }
    }
}
