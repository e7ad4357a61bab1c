//! The provisioning environment's files, gathered under one folder for the boot file server: the kernels of a flavour
//! come from one place, the agent may come from another.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rackwright_images::provision::agent_cpio;

use crate::config::Config;

/// The files cannot be gathered.
#[derive(Debug, thiserror::Error)]
pub enum BootFilesError {
    #[error("could not link {} to {}; check the permissions of the data folder", link.display(), target.display())]
    Link {
        link: PathBuf,
        target: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the agent cannot be given to machines; name its program with the key `agent`")]
    Agent(#[source] rackwright_images::provision::AgentError),
}

/// Gathers the files in `folder`, which holds nothing else. An environment that is not there may still be built while the
/// daemon runs.
///
/// # Errors
/// [`BootFilesError`] when a link or the agent's archive cannot be made.
pub fn gather(config: &Config, folder: &Path) -> Result<(), BootFilesError> {
    let flavour = config.boot_dir.join(&config.boot_flavour);
    place(&folder.join(&config.boot_flavour), &flavour)?;
    agent_cpio(&config.agent, &folder.join("agent.cpio")).map_err(BootFilesError::Agent)?;
    Ok(())
}

fn place(link: &Path, target: &Path) -> Result<(), BootFilesError> {
    let failed = |source| BootFilesError::Link { link: link.to_owned(), target: target.to_owned(), source };
    if std::fs::read_link(link).is_ok_and(|old| old == target) {
        return Ok(());
    }
    let mut fresh = link.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = Path::new(&fresh);
    match std::fs::remove_file(fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    symlink(target, fresh).map_err(failed)?;
    std::fs::rename(fresh, link).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_follow_the_configuration() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let agent = dir.path().join("agent");
        std::fs::write(&agent, b"\x7fELF and so on").expect("written");
        let text = |boot: &str| {
            format!("boot_dir = {:?}\nboot_flavour = \"cloud\"\nagent = {agent:?}", dir.path().join(boot))
        };
        let folder = dir.path().join("gathered");
        std::fs::create_dir(&folder).expect("made");
        for boot in ["one", "one", "two"] {
            std::fs::create_dir_all(dir.path().join(boot).join("cloud")).expect("made");
            std::fs::write(dir.path().join(boot).join("cloud/vmlinuz"), boot).expect("written");
            let config = Config::read(Path::new("test"), &text(boot)).expect("valid");
            gather(&config, &folder).expect("gathered");
            assert_eq!(std::fs::read_to_string(folder.join("cloud/vmlinuz")).expect("there"), boot);
            let archive = std::fs::read(folder.join("agent.cpio")).expect("there");
            assert!(archive.windows(13).any(|bytes| bytes == b"ELF and so on"));
        }
    }
}
