//! Signing in on an installed server, with a key that only this story has.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rackwright_rack::ssh::{NOT_IN, STRANGER};

use super::{Story, wait_until};

/// Software emulation makes the first key exchange slow.
const LOGIN_LIMIT: Duration = Duration::from_secs(120);

/// A key pair in a directory of its own, which goes with it.
#[derive(Debug)]
pub struct SshKey {
    dir: PathBuf,
}

impl SshKey {
    /// # Panics
    /// `ssh-keygen` fails.
    pub fn make() -> Self {
        let dir = std::env::temp_dir().join(format!("rackwright-story-key-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory for the key");
        let key = Self { dir };
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", "story", "-f"]).arg(key.private());
        assert!(command.stdin(Stdio::null()).status().expect("ssh-keygen starts").success());
        key
    }

    pub fn private(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// Where `ssh` keeps the connections that this key has opened (ssh_config(5), "ControlPath").
    fn line(&self) -> PathBuf {
        self.dir.join("%C")
    }

    /// One line, as in a `.pub` file.
    pub fn public(&self) -> String {
        let text = std::fs::read_to_string(self.dir.join("key.pub")).expect("the public key");
        text.trim().to_owned()
    }
}

impl Drop for SshKey {
    fn drop(&mut self) {
        // Left in the directory for temporary files, it opens nothing any more.
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

impl Story {
    /// What a command prints on a server, run by `user`; it must succeed. Who has signed in once stays so for the next.
    #[track_caller]
    pub fn on_server(&self, key: &SshKey, user: &str, name: &str, command: &str) -> String {
        let address = self.act.server(name)["summary"]["address"].as_str().unwrap_or_default().to_owned();
        let (private, line) = (key.private(), format!("ControlPath={}", key.line().display()));
        let kept = ["-o", "ControlMaster=auto", "-o", &line, "-o", "ControlPersist=60"];
        // A server that was switched off says nothing.
        let heard = ["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"];
        let options = ["-i", &*private.to_string_lossy(), "-o", "BatchMode=yes"];
        self.signed_in(&[&options[..], &kept, &heard].concat(), &[], user, &address, command)
    }

    /// What a command prints that `user` runs at an address; with these options and this environment of ssh.
    #[track_caller]
    pub fn signed_in(
        &self,
        options: &[&str],
        environment: &[(&str, &str)],
        user: &str,
        address: &str,
        command: &str,
    ) -> String {
        let mut complaint = String::new();
        wait_until(&format!("{user} has signed in at {address} and run a command"), LOGIN_LIMIT, || {
            let mut ssh = self.live.rack.command("ssh");
            ssh.args(options).envs(environment.iter().copied());
            for option in STRANGER {
                ssh.args(["-o", option]);
            }
            ssh.arg(format!("{user}@{address}")).arg(command).stdin(Stdio::null());
            let output = ssh.output().expect("ssh starts");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // The server may still be starting.
            if output.status.code() == Some(NOT_IN) {
                if said != complaint {
                    eprintln!("  ssh: {}", said.trim());
                    complaint = said;
                }
                return None;
            }
            assert!(output.status.success(), "`{command}` at {address} ended with {}: {said}", output.status);
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        })
    }
}
