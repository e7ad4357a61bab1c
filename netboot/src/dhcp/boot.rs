//! Which boot file a client gets.

use crate::config::{BIOS_PROGRAM, UEFI_PROGRAM};
use crate::context::Context;
use crate::dhcp::ask::{Ask, Firmware};

/// A boot file, and how to word the options around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BootFile {
    /// File name for TFTP, or a URL.
    pub name: String,
    /// For whom.
    pub client: Client,
}

/// The client as far as it changes the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// PXE firmware: option 60 echoed, and option 43 to skip server discovery.
    Pxe,
    /// UEFI HTTP boot: takes an offer only with option 60.
    Http,
    /// iPXE: neither, but its own option to not wait for a proxy.
    Ipxe,
}

impl Client {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pxe => "PXE firmware",
            Self::Http => "UEFI HTTP boot",
            Self::Ipxe => "iPXE",
        }
    }
}

/// The boot file for this client; none for an operating system.
///
/// # Errors
/// A sentence when there is nothing for this architecture.
pub(crate) fn choose(ask: &Ask, context: &Context) -> Result<Option<BootFile>, String> {
    let client = match (ask.ipxe, ask.firmware) {
        (Some(ipxe), _) if ipxe.http => {
            return Ok(Some(BootFile { name: context.script_url(ask.mac), client: Client::Ipxe }));
        }
        // An iPXE that cannot fetch its script (a card vendor's build) is given our program, like firmware; that one can.
        (Some(_), _) | (None, Some(Firmware::Pxe)) => Client::Pxe,
        (None, Some(Firmware::Http)) => Client::Http,
        (None, None) => return Ok(None),
    };
    let program = program(ask.arch, client)?;
    if !context.config.tftp_files.contains_key(program) {
        return Err(format!("The boot program {program} is not installed on the Control Center."));
    }
    let name = match client {
        Client::Http => format!("http://{}/boot/{program}", context.http_host),
        Client::Pxe | Client::Ipxe => program.to_owned(),
    };
    Ok(Some(BootFile { name, client }))
}

/// By option 93 (RFC 4578 section 2.1 and IANA's list of processor architectures). A client without it is an old BIOS.
fn program(arch: Option<u16>, client: Client) -> Result<&'static str, String> {
    match (arch, client) {
        (None | Some(0), Client::Pxe | Client::Ipxe) => Ok(BIOS_PROGRAM),
        (Some(7 | 9), Client::Pxe | Client::Ipxe) | (Some(16), Client::Http) => Ok(UEFI_PROGRAM),
        (arch, _) => {
            let name = match arch {
                Some(6 | 15) => "32-bit UEFI".to_owned(),
                Some(10 | 18) => "32-bit ARM UEFI".to_owned(),
                Some(11 | 19) => "64-bit ARM UEFI".to_owned(),
                Some(number) => format!("architecture {number}"),
                None => "an HTTP boot client that does not say its architecture".to_owned(),
            };
            Err(format!(
                "There is no boot program for {name}; set the firmware to BIOS or to 64-bit x86 UEFI."
            ))
        }
    }
}
