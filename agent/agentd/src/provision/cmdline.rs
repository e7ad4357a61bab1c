//! What the boot script wrote on the kernel command line. None of it is a secret.

use std::net::SocketAddr;

use rackwright_model::MacAddr;

use crate::fingerprint;

/// The settings of this boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// IP address and port of the Control Center's agent port.
    pub center: SocketAddr,
    /// SHA-256 of its authority's certificate in DER.
    pub authority: [u8; 32],
    /// Names this boot in the boot timeline.
    pub boot: String,
    /// The interface the machine booted from, when the boot script knew it.
    pub mac: Option<MacAddr>,
}

/// The command line does not say what is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCmdline {
    #[error("the kernel command line has no {0}; netboot this machine through the Control Center")]
    Missing(&'static str),
    #[error("the kernel command line has {0}={1:?}, which is not {2}")]
    Malformed(&'static str, String, &'static str),
}

impl Settings {
    /// Reads /proc/cmdline. Of a word that is there twice the last one counts.
    ///
    /// # Errors
    /// [`BadCmdline`] names the parameter.
    pub fn parse(text: &str) -> Result<Self, BadCmdline> {
        let word = |name: &str| {
            text.split_ascii_whitespace().rev().find_map(|word| {
                let (key, value) = word.split_once('=')?;
                (key.strip_prefix("rackwright.") == Some(name)).then_some(value)
            })
        };
        let malformed =
            |name, value: &str, what| BadCmdline::Malformed(name, value.chars().take(100).collect(), what);
        let center = word("center").ok_or(BadCmdline::Missing("rackwright.center"))?;
        let authority = word("ca").ok_or(BadCmdline::Missing("rackwright.ca"))?;
        let mac = word("mac").filter(|text| !text.is_empty());
        Ok(Self {
            center: center.parse().map_err(|_| {
                malformed("rackwright.center", center, "an IP address and a port, such as 10.77.0.1:8444")
            })?,
            authority: fingerprint::read(authority)
                .ok_or_else(|| malformed("rackwright.ca", authority, "a SHA-256 of 64 hexadecimal digits"))?,
            boot: word("boot").unwrap_or_default().chars().take(128).collect(),
            mac: mac
                .map(|text| text.parse().map_err(|_| malformed("rackwright.mac", text, "a MAC address")))
                .transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_boot_script_writes() {
        let pin = "ab".repeat(32);
        let line = format!(
            "vmlinuz quiet rackwright.center=10.77.0.1:8444 rackwright.ca={pin} rackwright.boot=n-1 rackwright.mac=52:54:00:12:34:56\n"
        );
        let settings = Settings::parse(&line).expect("well formed");
        assert_eq!(settings.center.to_string(), "10.77.0.1:8444");
        assert_eq!((settings.authority, settings.boot.as_str()), ([0xab; 32], "n-1"));
        assert_eq!(settings.mac.map(|mac| mac.to_string()).as_deref(), Some("52:54:00:12:34:56"));
    }

    #[test]
    fn says_what_is_missing_or_wrong() {
        let bad = |line: &str| Settings::parse(line).expect_err(line).to_string();
        assert!(bad("quiet").contains("rackwright.center"));
        assert!(bad("rackwright.center=10.77.0.1:8444").contains("no rackwright.ca"));
        assert!(bad("rackwright.center=center:8444 rackwright.ca=00").contains("\"center:8444\""));
        assert!(bad("rackwright.center=10.77.0.1:8444 rackwright.ca=00").contains("64 hexadecimal"));
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_settings_or_an_error(line in "(rackwright\\.(center|ca|boot|mac)=[ -~]{0,70} ?){0,5}") {
            let _ = Settings::parse(&line);
        }
    }
}
