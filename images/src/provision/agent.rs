//! The agent as /init of the provisioning environment.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::archive::Packer;

/// The archive with the agent could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("the agent {path} could not be read")]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{0} is not an ELF program; is it the agent?")]
    NotAProgram(PathBuf),
    #[error("the archive {path} could not be written")]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Write the archive `out` that goes behind the environment's: /init is the agent. It is not compressed, so that making it
/// takes no time. An existing file is replaced at once. Returns the number of bytes.
///
/// # Errors
/// [`AgentError`]
pub fn agent_cpio(agent: &Path, out: &Path) -> Result<u64, AgentError> {
    let content =
        std::fs::read(agent).map_err(|source| AgentError::Read { path: agent.to_owned(), source })?;
    if !content.starts_with(b"\x7fELF") {
        return Err(AgentError::NotAProgram(agent.to_owned()));
    }
    let write = || {
        let directory =
            out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".agent-").tempfile_in(directory)?;
        let packed = pack(&content)?;
        file.write_all(&packed)?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
        file.as_file().sync_all()?;
        file.persist(out).map_err(|error| error.error)?;
        File::open(directory)?.sync_all()?;
        Ok(packed.len() as u64)
    };
    write().map_err(|source| AgentError::Write { path: out.to_owned(), source })
}

fn pack(agent: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = Packer::new(Vec::with_capacity(agent.len() + 1_024));
    packer.directory("etc", 0o755)?;
    packer.directory("etc/rackwright", 0o700)?;
    packer.file("init", 0o755, &mut &*agent, agent.len() as u64)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpio::newc::Reader;
    use std::io::Read;

    #[test]
    fn init_is_the_agent() {
        let directory = tempfile::tempdir().expect("a directory");
        let (agent, out) = (directory.path().join("agent"), directory.path().join("agent.cpio"));
        std::fs::write(&agent, b"\x7fELF and more").expect("written");
        let bytes = agent_cpio(&agent, &out).expect("packs");
        let all = std::fs::read(&out).expect("reads");
        assert_eq!((all.len() as u64, &all[..6]), (bytes, &b"070701"[..]));
        let mut rest = all.as_slice();
        loop {
            let mut reader = Reader::new(rest).expect("an entry");
            if reader.entry().name() == "init" {
                let mut content = Vec::new();
                reader.read_to_end(&mut content).expect("content");
                assert_eq!(
                    (reader.entry().mode(), content.as_slice()),
                    (0o100_755, &b"\x7fELF and more"[..])
                );
                break;
            }
            rest = reader.finish().expect("the next");
        }
    }

    #[test]
    fn something_else_is_refused_and_the_old_one_stays() {
        let directory = tempfile::tempdir().expect("a directory");
        let (agent, out) = (directory.path().join("agent"), directory.path().join("agent.cpio"));
        std::fs::write(&agent, b"#!/bin/sh").expect("written");
        std::fs::write(&out, b"old").expect("written");
        assert!(matches!(agent_cpio(&agent, &out), Err(AgentError::NotAProgram(_))));
        assert_eq!(std::fs::read(&out).expect("reads"), b"old");
    }
}
