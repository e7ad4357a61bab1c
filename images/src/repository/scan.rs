//! Whether a tar holds a system that can be installed, and which.

use std::io::{self, Read, Write};

use rackwright_model::Firmware;
use rackwright_model::profile::ImagePurpose;

use super::archive::{Archive, ArchiveError, Entry, Kind};

pub use super::archive::Bounds;

/// Bytes of os-release that are read.
const OS_RELEASE_BYTES: u64 = 64 << 10;
/// Where a system says what it is (os-release(5)).
const OS_RELEASE: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];
/// Programs that every system has one of, and whose ELF header tells the architecture.
const PROGRAMS: [&str; 6] =
    ["usr/bin/bash", "bin/bash", "usr/bin/dash", "usr/lib/systemd/systemd", "bin/busybox", "usr/bin/busybox"];
/// What each firmware needs for its boot loader to be installed; one of these.
const BOOT_FILES: [(Firmware, &str); 3] = [
    (Firmware::Bios, "usr/lib/grub/i386-pc/boot.img"),
    (Firmware::Uefi, "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"),
    (Firmware::Uefi, "usr/lib/grub/x86_64-efi/moddep.lst"),
];
/// The first process of a private server.
const INIT: [&str; 2] = ["sbin/init", "usr/sbin/init"];
/// Unit of disk space of common file systems.
const CLUSTER: u64 = 4_096;
/// Longest text from os-release that is kept.
const WORDS: usize = 120;

/// The archive was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("it is not a system that can be installed or started: it has no {}", .missing.join(", no "))]
    NotASystem { missing: Vec<&'static str> },
    #[error("it could not be written")]
    Write {
        #[source]
        source: io::Error,
    },
}

/// What is in a tar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub os: String,
    pub version: String,
    pub arch: String,
    /// Bytes of the files, each rounded up to 4 KiB.
    pub unpacked_bytes: u64,
    /// With a kernel or a boot loader it is for servers, and needs both.
    pub purpose: ImagePurpose,
    /// Firmware for which there is a boot loader.
    pub firmware: Vec<Firmware>,
}

#[derive(Default)]
struct Collected {
    os: Option<String>,
    version: Option<String>,
    arch: Option<&'static str>,
    kernel: bool,
    init: bool,
    unpacked_bytes: u64,
    firmware: Vec<Firmware>,
}

/// Read a tar to its end and tell what is in it.
///
/// # Errors
/// [`ScanError`]: the archive is malformed, hostile, too long, or holds no system.
pub(crate) fn scan(reader: impl Read, bounds: Bounds) -> Result<Found, ScanError> {
    let mut archive = Archive::new(reader, bounds);
    let mut collected = Collected::default();
    while let Some(entry) = archive.next()? {
        collected.look(&entry, &mut archive)?;
    }
    collected.judge()
}

impl Collected {
    fn look<R: Read>(&mut self, entry: &Entry, archive: &mut Archive<R>) -> Result<(), ArchiveError> {
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(match entry.kind {
            Kind::File => entry.size.div_ceil(CLUSTER).saturating_mul(CLUSTER),
            Kind::Directory => CLUSTER,
            Kind::Link | Kind::Symlink | Kind::Special => 0,
        });
        let path = entry.path.as_str();
        // Mostly a link to what starts the system.
        self.init |= INIT.contains(&path) && matches!(entry.kind, Kind::File | Kind::Link | Kind::Symlink);
        if entry.kind != Kind::File {
            return Ok(());
        }
        if OS_RELEASE.contains(&path) {
            let text = archive.content(OS_RELEASE_BYTES)?;
            self.take_os_release(&String::from_utf8_lossy(&text));
        } else if self.arch.is_none() && PROGRAMS.contains(&path) {
            self.arch = architecture(&archive.content(20)?);
        } else if path.starts_with("boot/vmlinuz") {
            self.kernel = true;
        }
        for (firmware, file) in BOOT_FILES {
            if path == file && !self.firmware.contains(&firmware) {
                self.firmware.push(firmware);
            }
        }
        Ok(())
    }

    fn take_os_release(&mut self, text: &str) {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
            let clean = |letter: &char| !letter.is_control();
            Some(line.trim().trim_matches(['"', '\'']).chars().filter(clean).take(WORDS).collect::<String>())
        };
        self.os = value("PRETTY_NAME").or_else(|| value("NAME")).or(self.os.take());
        self.version = value("VERSION_ID").or(self.version.take());
    }

    fn judge(mut self) -> Result<Found, ScanError> {
        let purpose = if self.kernel || !self.firmware.is_empty() {
            ImagePurpose::Server
        } else {
            ImagePurpose::PrivateServer
        };
        let for_servers = purpose == ImagePurpose::Server;
        let lacks = [
            (self.os.is_none(), "os-release that names the system"),
            (self.arch.is_none(), "shell of a known architecture"),
            (for_servers && !self.kernel, "kernel in /boot"),
            (for_servers && self.firmware.is_empty(), "GRUB modules in /usr/lib/grub"),
            (
                !for_servers && !self.init,
                "kernel in /boot to start a server with, and no /sbin/init to start a private server with",
            ),
        ];
        let missing: Vec<&str> =
            lacks.into_iter().filter(|(lacking, _)| *lacking).map(|(_, what)| what).collect();
        self.firmware.sort_by_key(|firmware| *firmware == Firmware::Uefi);
        match (self.os, self.arch) {
            (Some(os), Some(arch)) if missing.is_empty() => Ok(Found {
                os,
                version: self.version.unwrap_or_default(),
                arch: arch.to_owned(),
                unpacked_bytes: self.unpacked_bytes,
                purpose,
                firmware: self.firmware,
            }),
            _ => Err(ScanError::NotASystem { missing }),
        }
    }
}

/// Debian's word for the machine in an ELF header (System V ABI, "ELF Header").
fn architecture(header: &[u8]) -> Option<&'static str> {
    if header.len() < 20 || &header[..4] != b"\x7fELF" {
        return None;
    }
    match u16::from_le_bytes([header[18], header[19]]) {
        62 => Some("amd64"),
        183 => Some("arm64"),
        _ => None,
    }
}

/// A reader that writes everything read to a second place.
pub(crate) struct Tee<R, W> {
    reader: R,
    writer: W,
    failure: Option<io::Error>,
}

impl<R: Read, W: Write> Tee<R, W> {
    pub(crate) fn new(reader: R, writer: W) -> Self {
        Self { reader, writer, failure: None }
    }

    /// Why the second place did not take everything. Then the reader saw an error as well.
    pub(crate) fn failure(&mut self) -> Result<(), ScanError> {
        match self.failure.take() {
            Some(source) => Err(ScanError::Write { source }),
            None => Ok(()),
        }
    }
}

impl<R: Read, W: Write> Read for Tee<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if let Err(error) = self.writer.write_all(&buffer[..read]) {
            self.failure = Some(error);
            return Err(io::Error::other("the copy could not be written"));
        }
        Ok(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small archive that passes for a system, without those files whose path contains a word of `without`.
    pub(in crate::repository) fn system(without: &str) -> Vec<u8> {
        let mut elf = [0_u8; 64];
        elf[..4].copy_from_slice(b"\x7fELF");
        elf[18] = 62;
        let files: [(&str, &[u8]); 6] = [
            ("usr/lib/os-release", b"PRETTY_NAME=\"Test OS 7\"\nVERSION_ID=\"7\"\n"),
            ("usr/bin/bash", &elf),
            ("usr/sbin/init", &elf),
            ("boot/vmlinuz-6", b"kernel"),
            ("usr/lib/grub/x86_64-efi/moddep.lst", b"x"),
            ("usr/lib/grub/i386-pc/boot.img", b"x"),
        ];
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in
            files.into_iter().filter(|(path, _)| !without.split_whitespace().any(|word| path.contains(word)))
        {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, format!("./{path}"), content).expect("appends");
        }
        builder.into_inner().expect("finishes")
    }

    #[test]
    fn tells_what_it_is() {
        let found = scan(system("").as_slice(), Bounds::default()).expect("a system");
        let expected = Found {
            os: "Test OS 7".into(),
            version: "7".into(),
            arch: "amd64".into(),
            unpacked_bytes: 6 * 4_096,
            purpose: ImagePurpose::Server,
            firmware: vec![Firmware::Bios, Firmware::Uefi],
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_system_without_kernel_and_boot_loader_is_for_private_servers() {
        let found = scan(system("vmlinuz grub").as_slice(), Bounds::default()).expect("a system");
        assert_eq!((found.purpose, found.firmware), (ImagePurpose::PrivateServer, Vec::new()));
    }

    #[test]
    fn names_what_is_missing() {
        for (without, missing) in
            [("os-release", "os-release"), ("vmlinuz", "kernel"), ("grub", "GRUB"), ("bash", "shell")]
        {
            let error = scan(system(without).as_slice(), Bounds::default()).expect_err(without).to_string();
            assert!(error.contains(missing), "{error}");
        }
        // Without either half of what starts a server, it is for private servers; these need their first process.
        let error = scan(system("vmlinuz grub init").as_slice(), Bounds::default()).expect_err("no init");
        assert!(error.to_string().contains("/sbin/init"), "{error}");
        let error = scan(system("i386-pc").as_slice(), Bounds::default()).map(|found| found.firmware);
        assert_eq!(error.expect("still one"), [Firmware::Uefi]);
    }

    #[test]
    fn a_copy_that_cannot_be_written_is_told_from_a_bad_archive() {
        let bytes = system("");
        let mut room = [0_u8; 700];
        let mut tee = Tee::new(bytes.as_slice(), &mut room[..]);
        assert!(scan(&mut tee, Bounds::default()).is_err());
        assert!(matches!(tee.failure(), Err(ScanError::Write { .. })));
    }
}
