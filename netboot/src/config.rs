//! What the servers need to know before they start.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;

use crate::error::BadConfig;

/// Name of the boot program for BIOS machines (option 93 = 0).
pub const BIOS_PROGRAM: &str = "undionly.kpxe";
/// Name of the boot program for UEFI x86-64 machines (option 93 = 7, 9 and 16). It uses the network driver of the
/// firmware that just loaded it, and so works on every card that could, where iPXE's own drivers may not.
pub const UEFI_PROGRAM: &str = "snponly.efi";

/// Where to serve, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The interface on which DHCP is answered. Messages from other interfaces never arrive.
    pub interface: String,
    /// Our address on that interface: DHCP server identifier, TFTP server and HTTP host.
    pub address: Ipv4Addr,
    /// TCP port for boot files; 80, unless something else has it. 0 takes any free port.
    pub http_port: u16,
    /// Boot programs by the name under which a client asks: [`BIOS_PROGRAM`], [`UEFI_PROGRAM`], and any others.
    /// Firmware of an architecture whose program is missing here gets no answer.
    pub tftp_files: BTreeMap<String, PathBuf>,
    /// Kernels and RAM disks: `<flavour>/vmlinuz`, `<flavour>/provision.cpio.zst`, and `agent.cpio` for all flavours.
    pub boot_dir: PathBuf,
    /// Images, named `<sha256>.tar.zst`.
    pub images_dir: PathBuf,
    /// Where the provisioning environment opens its session.
    pub center: SocketAddrV4,
    /// SHA-256 of the certificate authority's DER, as 64 hexadecimal digits. Not a secret.
    pub ca_fingerprint: String,
}

impl Config {
    /// Checks what can be checked without opening a socket.
    ///
    /// # Errors
    /// [`BadConfig`] names the field, its value and what would be right.
    pub fn check(&self) -> Result<(), BadConfig> {
        if self.interface.is_empty() || self.interface.len() > 15 || self.interface.contains(['/', '\0', ' '])
        {
            return Err(BadConfig::Interface(self.interface.clone()));
        }
        if self.address.is_unspecified() || self.address.is_broadcast() || self.address.is_multicast() {
            return Err(BadConfig::Address(self.address));
        }
        if self.ca_fingerprint.len() != 64 || !self.ca_fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BadConfig::Fingerprint(self.ca_fingerprint.clone()));
        }
        for (name, path) in &self.tftp_files {
            if !is_plain_name(name) {
                return Err(BadConfig::ProgramName(name.clone()));
            }
            if !path.is_file() {
                return Err(BadConfig::Program { name: name.clone(), path: path.clone() });
            }
        }
        for path in [&self.boot_dir, &self.images_dir] {
            if !path.is_dir() {
                return Err(BadConfig::Folder(path.clone()));
            }
        }
        Ok(())
    }
}

/// Whether this names one file in one folder: 1 to 128 of `A-Z a-z 0-9 . _ + ~ -`, not starting with a dot.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+~-".contains(&b));
    !name.is_empty() && name.len() <= 128 && letters && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_stays_in_its_folder() {
        for good in ["vmlinuz", "provision.cpio.zst", "undionly.kpxe", "linux-6.1+deb~1_x"] {
            assert!(is_plain_name(good), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "a\\b", "a%2fb", "a b", "a\0", "ä", &"x".repeat(129)] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }

    #[test]
    fn every_wrong_field_has_its_sentence() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let good = Config {
            interface: "rack0".into(),
            address: Ipv4Addr::new(10, 77, 0, 1),
            http_port: 80,
            tftp_files: BTreeMap::new(),
            boot_dir: dir.path().into(),
            images_dir: dir.path().into(),
            center: SocketAddrV4::new(Ipv4Addr::new(10, 77, 0, 1), 8444),
            ca_fingerprint: "ab".repeat(32),
        };
        assert_eq!(good.check(), Ok(()));
        let program = BTreeMap::from([("a.efi".to_owned(), dir.path().join("missing"))]);
        let bad = [
            (Config { interface: "name-longer-than-15".into(), ..good.clone() }, "interface"),
            (Config { address: Ipv4Addr::UNSPECIFIED, ..good.clone() }, "0.0.0.0"),
            (Config { ca_fingerprint: "abc".into(), ..good.clone() }, "64 hexadecimal"),
            (Config { tftp_files: program, ..good.clone() }, "a.efi"),
            (Config { images_dir: dir.path().join("none"), ..good }, "none"),
        ];
        for (config, word) in bad {
            let sentence = config.check().expect_err(word).to_string();
            assert!(sentence.contains(word), "{sentence}");
        }
    }
}
