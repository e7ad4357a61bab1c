//! Packing a directory into an initramfs archive (kernel documentation, "initramfs buffer format").

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cpio::newc::{Builder, trailer};

const DIRECTORY: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;

/// Writes an archive whose bytes depend only on names, modes and content: everything belongs to root and has no time.
pub(super) struct Packer<W> {
    writer: W,
    entries: u32,
}

impl<W: Write> Packer<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { writer, entries: 0 }
    }

    pub(super) fn directory(&mut self, name: &str, mode: u32) -> io::Result<()> {
        self.entry(name, DIRECTORY | mode, 2, &mut io::empty(), 0)
    }

    pub(super) fn symlink(&mut self, name: &str, target: &[u8]) -> io::Result<()> {
        self.entry(name, SYMLINK | 0o777, 1, &mut &*target, target.len() as u64)
    }

    pub(super) fn file(
        &mut self,
        name: &str,
        mode: u32,
        content: &mut impl io::Read,
        bytes: u64,
    ) -> io::Result<()> {
        self.entry(name, FILE | mode, 1, content, bytes)
    }

    pub(super) fn finish(self) -> io::Result<W> {
        trailer(self.writer)
    }

    fn entry(
        &mut self,
        name: &str,
        mode: u32,
        links: u32,
        content: &mut impl io::Read,
        bytes: u64,
    ) -> io::Result<()> {
        let bytes =
            u32::try_from(bytes).map_err(|_| io::Error::other(format!("{name} is larger than 4 GiB")))?;
        self.entries += 1;
        let builder = Builder::new(name).ino(self.entries).mode(mode).nlink(links).uid(0).gid(0).mtime(0);
        let mut entry = builder.write(&mut self.writer, bytes);
        io::copy(content, &mut entry)?;
        entry.finish().map(drop)
    }
}

/// Pack everything below `root`, names in byte order.
pub(super) fn pack_tree<W: Write>(root: &Path, writer: W) -> io::Result<W> {
    let mut packer = Packer::new(writer);
    pack_directory(root, "", &mut packer)?;
    packer.finish()
}

fn pack_directory<W: Write>(directory: &Path, prefix: &str, packer: &mut Packer<W>) -> io::Result<()> {
    let mut names = std::fs::read_dir(directory)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<Vec<OsString>>>()?;
    names.sort();
    for name in names {
        let path = directory.join(&name);
        let name = name
            .into_string()
            .map_err(|name| io::Error::other(format!("{} is not UTF-8", name.display())))?;
        let name = format!("{prefix}{name}");
        let metadata = path.symlink_metadata()?;
        let mode = metadata.permissions().mode() & 0o7777;
        if metadata.is_dir() {
            packer.directory(&name, mode)?;
            pack_directory(&path, &format!("{name}/"), packer)?;
        } else if metadata.is_symlink() {
            packer.symlink(&name, std::fs::read_link(&path)?.as_os_str().as_bytes())?;
        } else {
            packer.file(&name, mode, &mut File::open(&path)?, metadata.len())?;
        }
    }
    Ok(())
}

/// Zero bytes that bring `length` to a multiple of four. Behind a compressed archive the kernel takes an uncompressed one only
/// at such a place, and it passes over zero bytes.
pub(super) fn padding(length: u64) -> &'static [u8] {
    let missing = usize::try_from(length.next_multiple_of(4) - length).unwrap_or(0);
    &[0; 3][..missing]
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpio::newc::Reader;
    use std::io::Read;
    use std::os::unix::fs::symlink;

    /// Name, mode and content of every entry.
    pub(super) fn entries(mut bytes: &[u8]) -> Vec<(String, u32, Vec<u8>)> {
        let mut all = Vec::new();
        loop {
            let mut reader = Reader::new(bytes).expect("an entry");
            if reader.entry().is_trailer() {
                return all;
            }
            let mut content = Vec::new();
            reader.read_to_end(&mut content).expect("content");
            all.push((reader.entry().name().to_owned(), reader.entry().mode(), content));
            bytes = reader.finish().expect("the next");
        }
    }

    #[test]
    fn packs_the_same_tree_to_the_same_bytes() {
        let root = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(root.path().join("b")).expect("made");
        std::fs::write(root.path().join("b/file"), "content").expect("written");
        symlink("b/file", root.path().join("a")).expect("linked");
        let first = pack_tree(root.path(), Vec::new()).expect("packs");
        let names: Vec<_> = entries(&first);
        assert_eq!(names[0], ("a".into(), SYMLINK | 0o777, b"b/file".to_vec()));
        assert_eq!((names[1].0.as_str(), names[1].1 & 0o170_000), ("b", DIRECTORY));
        assert_eq!((names[2].0.as_str(), names[2].2.as_slice()), ("b/file", &b"content"[..]));
        std::fs::write(root.path().join("b/file"), "content").expect("touched");
        assert_eq!(pack_tree(root.path(), Vec::new()).expect("packs"), first);
    }

    #[test]
    fn pads_to_four() {
        assert_eq!((0..6).map(|length| padding(length).len()).collect::<Vec<_>>(), [0, 3, 2, 1, 0, 3]);
    }
}
