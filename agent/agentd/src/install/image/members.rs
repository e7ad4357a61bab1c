//! Members of a tar archive (POSIX.1-2017 pax interchange format, and GNU long names), read so that file contents are never
//! copied on their way.
//!
//! Attacker's input: an image is only trusted once its hash is known, which is after it was unpacked. Extended headers are at
//! most [`EXTENDED_MAX`] bytes; names are judged in [`super::place`].

use std::io::{self, BufRead, Read};

use tar::{EntryType, Header};

/// Bytes of a tar block.
const BLOCK: usize = 512;
/// The largest extended header or long name that is held.
const EXTENDED_MAX: u64 = 1 << 20;

/// One member, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub path: Vec<u8>,
    pub kind: Kind,
    /// The low twelve bits: permissions, set-user-ID, set-group-ID, sticky.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Seconds and nanoseconds since the epoch.
    pub mtime: (i64, u32),
    pub attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A regular file of so many bytes.
    File(u64),
    Directory,
    Symlink(Vec<u8>),
    Hardlink(Vec<u8>),
    CharacterDevice(u32, u32),
    BlockDevice(u32, u32),
    Fifo,
}

/// What pax or GNU headers said about the member that follows.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u32>,
    gid: Option<u32>,
    mtime: Option<(i64, u32)>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Reads one member after the other.
pub struct Members<R> {
    input: R,
    /// Content and padding of the current member still to pass over.
    left: u64,
    padding: u64,
}

fn bad(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

impl<R: BufRead> Members<R> {
    pub fn new(input: R) -> Self {
        Self { input, left: 0, padding: 0 }
    }

    /// The next member; none at the end of the archive. Content of the former one that was not read is passed over.
    ///
    /// # Errors
    /// When the archive is damaged, ends early, or holds something that is not supported.
    pub fn next_member(&mut self) -> io::Result<Option<Member>> {
        let mut extended = Extended::default();
        loop {
            self.skip()?;
            let Some(header) = self.header()? else { return Ok(None) };
            let size = extended.size.unwrap_or(header.entry_size()?);
            self.left = size;
            let padded = size.checked_next_multiple_of(BLOCK as u64);
            self.padding = padded.ok_or_else(|| bad("a member of impossible size"))? - size;
            match header.entry_type() {
                EntryType::XHeader => extended.read_pax(&self.held()?)?,
                EntryType::XGlobalHeader => {}
                EntryType::GNULongName => extended.path = Some(until_nul(self.held()?)),
                EntryType::GNULongLink => extended.link = Some(until_nul(self.held()?)),
                _ => return self.member(&header, extended).map(Some),
            }
        }
    }

    /// The rest of the current member's content, piece by piece; empty at its end.
    ///
    /// # Errors
    /// When the archive ends early.
    pub fn content(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let ready = self.input.fill_buf()?;
        if ready.is_empty() {
            return Err(bad("the archive ends in the middle of a file"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(&ready[..ready.len().min(most)])
    }

    /// Marks `count` bytes of what [`Members::content`] gave as read.
    pub fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.left -= count as u64;
    }

    /// Reads on to the very end, so that the one who writes is not left waiting.
    ///
    /// # Errors
    /// As reading does.
    pub fn drain(mut self) -> io::Result<()> {
        io::copy(&mut self.input, &mut io::sink()).map(drop)
    }

    fn skip(&mut self) -> io::Result<()> {
        let over = self.left + self.padding;
        (self.left, self.padding) = (0, 0);
        if io::copy(&mut self.input.by_ref().take(over), &mut io::sink())? < over {
            return Err(bad("the archive ends in the middle of a file"));
        }
        Ok(())
    }

    /// The next header; none at the end, which is a block of zeros or the end of the bytes.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        let mut at = 0;
        while at < BLOCK {
            match self.input.read(&mut block[at..])? {
                0 if at == 0 => return Ok(None),
                0 => return Err(bad("the archive ends in the middle of a header")),
                count => at += count,
            }
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        // The checksum counts its own eight bytes as blanks.
        let sum: u32 = block
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        if header.cksum()? != sum {
            return Err(bad("a header of the archive has a wrong checksum"));
        }
        Ok(Some(header))
    }

    /// The whole content of an extended header.
    fn held(&mut self) -> io::Result<Vec<u8>> {
        if self.left > EXTENDED_MAX {
            return Err(bad(format!(
                "an extended header of {} bytes; at most {EXTENDED_MAX} are taken",
                self.left
            )));
        }
        let mut bytes = Vec::new();
        self.input.by_ref().take(self.left).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < self.left {
            return Err(bad("the archive ends in the middle of an extended header"));
        }
        self.left = 0;
        Ok(bytes)
    }

    fn member(&mut self, header: &Header, extended: Extended) -> io::Result<Member> {
        let path = extended.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let link =
            || extended.link.clone().or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned));
        let device =
            || Ok::<_, io::Error>((header.device_major()?.unwrap_or(0), header.device_minor()?.unwrap_or(0)));
        let kind = match header.entry_type() {
            EntryType::Regular | EntryType::Continuous => Kind::File(self.left),
            EntryType::Directory => Kind::Directory,
            EntryType::Symlink => Kind::Symlink(link().unwrap_or_default()),
            EntryType::Link => Kind::Hardlink(link().unwrap_or_default()),
            EntryType::Char => device().map(|(major, minor)| Kind::CharacterDevice(major, minor))?,
            EntryType::Block => device().map(|(major, minor)| Kind::BlockDevice(major, minor))?,
            EntryType::Fifo => Kind::Fifo,
            other => {
                let name = String::from_utf8_lossy(&path).into_owned();
                return Err(bad(format!(
                    "{name} is of type {:?}, which images may not hold",
                    char::from(other.as_byte())
                )));
            }
        };
        if !matches!(kind, Kind::File(_)) {
            // Only regular files have content; some writers give the size of a hard link's target.
            if matches!(kind, Kind::Hardlink(_)) && header.as_ustar().is_some() {
                (self.left, self.padding) = (0, 0);
            }
        }
        let id = |value: u64| u32::try_from(value).map_err(|_| bad("an owner's number over 32 bits"));
        Ok(Member {
            path,
            kind,
            mode: header.mode()? & 0o7777,
            uid: extended.uid.map_or_else(|| id(header.uid()?), Ok)?,
            gid: extended.gid.map_or_else(|| id(header.gid()?), Ok)?,
            mtime: extended.mtime.unwrap_or((i64::try_from(header.mtime()?).unwrap_or(0), 0)),
            attributes: extended.attributes,
        })
    }
}

impl Extended {
    /// Records of the form "LENGTH KEY=VALUE\n", LENGTH counting the whole record; a value may hold any byte.
    fn read_pax(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let damaged = || bad("a pax header of the archive is damaged");
        while !bytes.is_empty() {
            let blank = bytes.iter().take(20).position(|byte| *byte == b' ').ok_or_else(damaged)?;
            let length: usize = std::str::from_utf8(&bytes[..blank])
                .ok()
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(damaged)?;
            let record = bytes.get(blank + 1..length).ok_or_else(damaged)?;
            let (newline, record) = record.split_last().ok_or_else(damaged)?;
            let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(damaged)?;
            if *newline != b'\n' {
                return Err(damaged());
            }
            self.take(&record[..equals], &record[equals + 1..])?;
            bytes = &bytes[length..];
        }
        Ok(())
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let text = || std::str::from_utf8(value).map_err(|_| bad("a pax header of the archive is damaged"));
        let number = || text()?.parse().map_err(|_| bad("a pax header of the archive holds a wrong number"));
        match key {
            b"path" => self.path = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(text()?.parse().map_err(|_| bad("a pax header holds a wrong size"))?),
            b"uid" => self.uid = Some(number()?),
            b"gid" => self.gid = Some(number()?),
            b"mtime" => {
                self.mtime = Some(seconds(text()?).ok_or_else(|| bad("a pax header holds a wrong time"))?)
            }
            _ if key.starts_with(b"GNU.sparse.") => {
                return Err(bad("the archive holds sparse files; make it without"));
            }
            _ => {
                if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                    self.attributes.push((name.to_vec(), value.to_vec()));
                }
            }
        }
        Ok(())
    }
}

/// "1700000000.25" as seconds and nanoseconds.
fn seconds(text: &str) -> Option<(i64, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    Some((whole.parse().ok()?, digits.parse().ok()?))
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        bytes.truncate(end);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(archive: &[u8]) -> io::Result<Vec<Member>> {
        let mut reader = Members::new(archive);
        let mut all = Vec::new();
        while let Some(member) = reader.next_member()? {
            all.push(member);
        }
        Ok(all)
    }

    fn header(kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o100_644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_700_000_000);
        header
    }

    #[test]
    fn pax_values_may_hold_any_byte() {
        let mut archive = tar::Builder::new(Vec::new());
        let value = b"\x01\n\x00\x02 9 x=y\n";
        archive
            .append_pax_extensions([
                ("SCHILY.xattr.security.capability", &value[..]),
                ("mtime", b"1700000000.25"),
                ("uid", b"4000000000"),
            ])
            .expect("written");
        archive.append_data(&mut header(EntryType::Regular, 3), "bin/ping", &b"abc"[..]).expect("written");
        let all = members(&archive.into_inner().expect("whole")).expect("well formed");
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].attributes, [(b"security.capability".to_vec(), value.to_vec())]);
        assert_eq!(
            (all[0].mtime, all[0].uid, all[0].mode),
            ((1_700_000_000, 250_000_000), 4_000_000_000, 0o644)
        );
        assert_eq!(all[0].kind, Kind::File(3));
    }

    #[test]
    fn long_names_come_out_whole() {
        let long = format!("usr/{}/x", "d".repeat(200));
        let mut archive = tar::Builder::new(Vec::new());
        let mut gnu = Header::new_gnu();
        gnu.set_entry_type(EntryType::Regular);
        gnu.set_size(0);
        gnu.set_mode(0o644);
        gnu.set_uid(0);
        gnu.set_gid(0);
        gnu.set_mtime(0);
        archive.append_data(&mut gnu, &long, &b""[..]).expect("written");
        let all = members(&archive.into_inner().expect("whole")).expect("well formed");
        assert_eq!(all[0].path, long.as_bytes());
    }

    #[test]
    fn content_is_handed_out_and_passed_over() {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, content) in [("a", &b"first"[..]), ("b", &[7; 1300]), ("c", b"")] {
            archive
                .append_data(&mut header(EntryType::Regular, content.len() as u64), name, content)
                .expect("written");
        }
        let bytes = archive.into_inner().expect("whole");
        let mut reader = Members::new(&bytes[..]);
        reader.next_member().expect("well formed").expect("a");
        let content = reader.content().expect("there").to_vec();
        assert_eq!(content, b"first");
        reader.consume(2);
        assert_eq!(reader.next_member().expect("well formed").expect("b").path, b"b");
        assert_eq!(reader.next_member().expect("well formed").expect("c").path, b"c");
        assert_eq!(reader.next_member().expect("well formed"), None);
    }

    #[test]
    fn a_truncated_archive_is_an_error() {
        let mut archive = tar::Builder::new(Vec::new());
        archive.append_data(&mut header(EntryType::Regular, 2000), "a", &[1; 2000][..]).expect("written");
        let bytes = archive.into_inner().expect("whole");
        for end in [100, 512, 1000, 2400] {
            assert!(members(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_huge_extended_header_is_not_held() {
        let mut archive = Vec::new();
        let mut huge = header(EntryType::XHeader, 1 << 33);
        huge.set_cksum();
        archive.extend_from_slice(huge.as_bytes());
        assert!(members(&archive).expect_err("too large").to_string().contains("extended header"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_members_or_an_error(bytes in proptest::collection::vec(0u8.., 0..3000)) {
            let _ = members(&bytes);
        }

        #[test]
        fn any_pax_records_are_read_or_an_error(bytes in proptest::collection::vec(0u8.., 0..400)) {
            let _ = Extended::default().read_pax(&bytes);
        }

        #[test]
        fn any_header_with_a_right_checksum_is_read_or_an_error(mut block in proptest::collection::vec(0u8.., 512)) {
            let sum: u32 = block.iter().enumerate().map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) }).sum();
            block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            let _ = members(&block);
        }
    }
}
