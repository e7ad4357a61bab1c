//! What `ipmitool` prints, understood; and what we say about it.
//!
//! Attacker's input: the text may quote a BMC. It is cut short and cleaned before anybody sees it.

use rackwright_domain::ports::{BmcAccess, BmcError, BootDevice};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// Nothing came back.
    Lost,
    /// The BMC does not take the cipher suite.
    Suite,
    Password,
    User,
    Privilege,
    NoRoom,
    Other(String),
}

/// The cause in the output of a failed call with `-v`.
pub(super) fn cause(said: &str) -> Cause {
    let has = |words: &str| said.to_ascii_lowercase().contains(words);
    if has("rakp 2 hmac is invalid") || has("rakp 4") || has("invalid integrity check value") {
        Cause::Password
    } else if has("unauthorized name") {
        Cause::User
    } else if has("unauthorized role") || has("insufficient privilege") || has("privilege level") {
        Cause::Privilege
    } else if has("invalid authentication algorithm")
        || has("invalid integrity algorithm")
        || has("invalid confidentiality algorithm")
        || has("no cipher suite match")
    {
        Cause::Suite
    } else if has("insufficient resources") || has("out of sessions") {
        Cause::NoRoom
    } else if has("get auth capabilities error") || has("timeout") || is_only_silence(said) {
        Cause::Lost
    } else {
        Cause::Other(first_line(said))
    }
}

/// Whether nothing but the closing sentence was said.
fn is_only_silence(said: &str) -> bool {
    !said.lines().map(str::trim).any(|line| !line.is_empty() && !is_noise(line))
}

fn is_noise(line: &str) -> bool {
    line.starts_with("Loading IANA PEN Registry")
        || line.starts_with("Running Get ")
        || line.starts_with("Unable to Get Channel Cipher Suites")
        || line.starts_with("Error: Unable to establish IPMI v2 / RMCP+ session")
        || line.starts_with("Get HPM.x Capabilities request failed")
        || line.starts_with("Invalid completion code received")
        || line.starts_with("Discovered IPMB address")
}

impl Cause {
    /// What the BMC did, and what to check.
    pub fn sentence(&self, at: &BmcAccess) -> String {
        match self {
            Self::Lost => "it does not answer; check its address, that its network cable is in, that IPMI over LAN is switched on and \
                           that UDP port 623 is not blocked"
                .to_owned(),
            Self::Suite => "it takes neither cipher suite 17 nor 3; allow one of them in its settings".to_owned(),
            Self::Password => format!("it refused the password of user {:?}; set the right one", at.user),
            Self::User => format!("it knows no user {:?}, or that user may not use IPMI over LAN; correct the user", at.user),
            Self::Privilege => format!("the user {:?} lacks the privilege level ADMINISTRATOR; grant it on the BMC", at.user),
            Self::NoRoom => "it has no session free; wait a minute, or restart the BMC".to_owned(),
            Self::Other(line) => format!("it said {line:?}"),
        }
    }
}

/// The error for whoever attempted this.
pub(super) fn failed(at: &BmcAccess, attempted: &str, why: &str) -> BmcError {
    BmcError(format!("could not {attempted} through the BMC at {}: {why}", at.address))
}

/// The first line that says something, cut short.
pub(super) fn first_line(said: &str) -> String {
    let line =
        said.lines().map(str::trim).find(|line| !line.is_empty() && !is_noise(line)).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(160).collect()
}

/// The power state in an answer to `chassis power status`.
pub(super) fn power(said: &str) -> Option<bool> {
    said.lines().find_map(|line| match line.trim() {
        "Chassis Power is on" => Some(true),
        "Chassis Power is off" => Some(false),
        _ => None,
    })
}

/// The line on the boot device in an answer to `chassis bootparam get 5`.
pub(super) fn boot_line(said: &str) -> String {
    let line = said.lines().find(|line| line.contains("Boot Device Selector")).unwrap_or_default();
    line.trim().trim_start_matches("- ").chars().filter(|c| !c.is_control()).take(160).collect()
}

/// The device in it, if it is one of ours.
pub(super) fn boot_device(said: &str) -> Option<BootDevice> {
    let line = boot_line(said);
    if line.ends_with("Force PXE") {
        Some(BootDevice::Network)
    } else if line.ends_with("Force Boot from default Hard-Drive") {
        Some(BootDevice::Disk)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> BmcAccess {
        BmcAccess { address: [10, 77, 0, 201].into(), user: "admin".into(), password: "hush".into() }
    }

    /// Output of ipmitool 1.8.19 with -v against a BMC.
    fn sentence(said: &str) -> String {
        failed(&at(), "read the power state", &cause(said).sentence(&at())).to_string()
    }

    #[test]
    fn each_failure_has_its_sentence() {
        let end = "\nError: Unable to establish IPMI v2 / RMCP+ session\n";
        let cases = [
            ("> RAKP 2 HMAC is invalid", "it refused the password of user \"admin\"; set the right one"),
            (
                "RAKP 2 message indicates an error : unauthorized name",
                "it knows no user \"admin\", or that user may not use IPMI over LAN; correct the user",
            ),
            (
                "Get Auth Capabilities error\nError issuing Get Channel Authentication Capabilities request",
                "it does not answer; check its address",
            ),
            ("", "it does not answer; check its address"),
            (
                "RAKP 2 message indicates an error : insufficient resources for session",
                "it has no session free",
            ),
            (
                "RAKP 2 message indicates an error : unauthorized role or privilege level requested",
                "ADMINISTRATOR",
            ),
            (
                "Error in open session response message : no cipher suite match with proposed security algorithms",
                "cipher suite 17",
            ),
            ("Something \u{1b}[31munheard of", "it said \"Something [31munheard of\""),
        ];
        for (said, expected) in cases {
            let got = sentence(&format!("Loading IANA PEN Registry...\n{said}{end}"));
            assert!(
                got.starts_with("could not read the power state through the BMC at 10.77.0.201: "),
                "{got}"
            );
            assert!(got.contains(expected), "{said:?} became {got:?}");
        }
        let set = "Get HPM.x Capabilities request failed, compcode = d4\nSet Chassis Power Control to Down/Off failed: Insufficient privilege level";
        assert_eq!(cause(set), Cause::Privilege);
    }

    #[test]
    fn answers_are_found_among_chatter() {
        assert_eq!(power("Discovered IPMB address 0x0\nChassis Power is off\n"), Some(false));
        assert_eq!(power("Chassis Power is unknown"), None);
        assert_eq!(boot_device("   - Boot Device Selector : Force PXE\n"), Some(BootDevice::Network));
        assert_eq!(
            boot_device("   - Boot Device Selector : Force Boot from default Hard-Drive\n"),
            Some(BootDevice::Disk)
        );
        assert_eq!(boot_device("   - Boot Device Selector : No override\n"), None);
    }
}
