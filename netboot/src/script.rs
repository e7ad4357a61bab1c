//! The iPXE scripts. Written for iPXE of 2019 (Debian 12) and later, BIOS and UEFI.
//!
//! Attacker's input: the texts of a [`BootChoice`] come from operators, and a refusal may quote anything. iPXE expands
//! `${…}`, splits at blanks and knows `||` and `&&`, so words for a command line are checked and sentences are cleaned.

use rackwright_model::MacAddr;

use crate::config::is_plain_name;
use crate::context::Context;
use crate::plan::BootChoice;

/// The file that iPXE of 2020 and later asks for beside its own program, before DHCP.
pub(crate) const AUTOEXEC: &str = "autoexec.ipxe";
/// Linux takes 2048 bytes of command line on x86.
const MAX_ARGS: usize = 1_500;

/// A choice that cannot be written into a script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadChoice {
    #[error("the kernel flavour {0:?} is not a folder name")]
    Flavour(String),
    #[error("the boot nonce is not a plain word")]
    Nonce,
    #[error(
        "the kernel arguments {0:?} are too long or hold a character that iPXE would take for its own ($ | & # \" ' \\ or a control character)"
    )]
    Args(String),
}

/// The script for a machine.
///
/// # Errors
/// [`BadChoice`] names the part of the choice that cannot be handed to iPXE.
pub(crate) fn render(mac: MacAddr, choice: &BootChoice, context: &Context) -> Result<String, BadChoice> {
    match choice {
        BootChoice::Disk => Ok(disk(mac)),
        BootChoice::Provision { nonce, flavour, kernel_args } => {
            provision(mac, nonce, flavour, kernel_args, context)
        }
    }
}

fn provision(
    mac: MacAddr,
    nonce: &str,
    flavour: &str,
    kernel_args: &str,
    context: &Context,
) -> Result<String, BadChoice> {
    if !is_plain_name(flavour) {
        return Err(BadChoice::Flavour(flavour.chars().take(64).collect()));
    }
    if !is_plain_name(nonce) {
        return Err(BadChoice::Nonce);
    }
    let args = kernel_args.trim();
    let taken = |c: char| !(c == ' ' || c.is_ascii_graphic()) || "$|&#\"'\\".contains(c);
    if args.len() > MAX_ARGS || args.contains(taken) {
        return Err(BadChoice::Args(args.chars().take(80).collect()));
    }
    let blank = if args.is_empty() { "" } else { " " };
    let (host, center, ca) = (&context.http_host, context.config.center, &context.config.ca_fingerprint);
    // The `initrd=` words are for the kernel's EFI stub, which fetches the files by these names from iPXE in this
    // order. A BIOS kernel gets them from iPXE in one piece and does not mind the words. The stub joins the files without
    // padding, and the kernel reads a plain archive only at a multiple of four bytes: the compressed one is the last.
    Ok(format!(
        "#!ipxe
# {mac}: provisioning environment
set attempt:int32 0
:again
echo Rackwright: fetching the provisioning environment from {host} for {mac}
kernel --name vmlinuz http://{host}/boot/{flavour}/vmlinuz initrd=agent.cpio initrd=provision.cpio.zst rackwright.center={center} rackwright.ca={ca} rackwright.boot={nonce} rackwright.mac={mac}{blank}{args} || goto failed
initrd --name agent.cpio http://{host}/boot/agent.cpio || goto failed
initrd --name provision.cpio.zst http://{host}/boot/{flavour}/provision.cpio.zst || goto failed
boot || goto failed
:failed
imgfree
inc attempt
iseq ${{attempt}} 5 && goto restart ||
echo Rackwright: the provisioning environment could not be started (reason above). Trying again in 5 seconds.
sleep 5
goto again
:restart
echo Rackwright: giving up after 5 attempts. Check TCP port 80 of {host}. Restarting in 30 seconds.
sleep 30
reboot
"
    ))
}

fn disk(mac: MacAddr) -> String {
    format!(
        "#!ipxe
# {mac}: first disk
echo Rackwright: {mac} boots from its disk
iseq ${{platform}} efi && goto efi ||
sanboot --no-describe --drive 0x80 || goto failed
:efi
exit 1
:failed
echo Rackwright: the first disk could not be booted (reason above). Leaving it to the firmware in 10 seconds.
sleep 10
exit 1
"
    )
}

/// The script for a machine that gets nothing now: it says why, asks again twice, then leaves the machine to its firmware.
pub(crate) fn refusal(mac: MacAddr, reason: &str, context: &Context) -> String {
    let reason = sentence(reason);
    let url = context.script_url(mac);
    format!(
        "#!ipxe
# {mac}: nothing to boot
echo Rackwright: nothing to boot for {mac}: {reason}
isset ${{refusals}} || set refusals:int32 0
inc refusals
iseq ${{refusals}} 3 && goto leave ||
echo Rackwright: asking again in 10 seconds.
sleep 10
chain --replace {url} || goto leave
:leave
echo Rackwright: leaving {mac} to its firmware.
sleep 5
exit 1
"
    )
}

/// Leads an iPXE that asks for [`AUTOEXEC`] to the script of its machine.
pub(crate) fn autoexec(http_host: &str) -> String {
    format!(
        "#!ipxe
set attempt:int32 0
:again
isset ${{ip}} || dhcp || goto failed
chain --replace http://{http_host}/boot/script/${{netX/mac:hexhyp}} || goto failed
:failed
inc attempt
iseq ${{attempt}} 5 && goto restart ||
echo Rackwright: the boot script could not be fetched from {http_host} (reason above). Trying again in 5 seconds.
sleep 5
goto again
:restart
echo Rackwright: giving up after 5 attempts. Check TCP port 80 of {http_host}. Restarting in 30 seconds.
sleep 30
reboot
"
    )
}

/// A reason as iPXE may echo it: one line of plain characters.
fn sentence(reason: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || " .,:;()/+-_".contains(c) { c } else { ' ' };
    reason.chars().take(200).map(plain).collect()
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
