//! Files that the configuration names and that must be there before the daemon starts.

use std::path::Path;

use rackwright_netboot::{BIOS_PROGRAM, UEFI_PROGRAM};

use crate::config::Config;

/// A sentence for every file that is missing: its key, its path and what to do.
#[must_use]
pub fn missing(config: &Config) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |key: &str, path: &Path, advice: &str| {
        if !path.is_file() {
            missing.push(format!("{key}: there is no file {}; {advice}", path.display()));
        }
    };
    if config.netboot.is_some() {
        need("agent", &config.agent, "install the agent there, or name its place");
        for program in [BIOS_PROGRAM, UEFI_PROGRAM] {
            let advice = "install the Debian package ipxe, or name the folder that has it";
            need("ipxe_dir", &config.ipxe_dir.join(program), advice);
        }
    }
    if let Some(sources) = &config.apt_sources {
        need(
            "images.apt_sources",
            sources,
            "write it, or leave the key out to use the sources of this machine",
        );
    }
    if let Some((_, password)) = config.mail.as_ref().and_then(|mail| mail.login.as_ref()) {
        need("mail.password_file", password, "write the password of the mail server there");
    }
    missing
}
