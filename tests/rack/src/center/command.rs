//! `rackwright`, the command line, as a caller of actions.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Calls actions through the command line and a Control Center's socket.
#[derive(Debug, Clone)]
pub struct Rackwright {
    program: PathBuf,
    socket: PathBuf,
}

impl Rackwright {
    pub fn new(program: impl Into<PathBuf>, socket: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), socket: socket.into() }
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The line by which a person's shell finds the command, and the command the Control Center.
    pub fn exports(&self) -> String {
        let folder = self.program.parent().unwrap_or(&self.program).display();
        format!("export PATH={folder}:$PATH RACKWRIGHT_SOCKET={}", self.socket.display())
    }

    /// Carries out one action, such as `["server", "list"]`, and gives back its output.
    ///
    /// # Errors
    /// The action is refused or the Control Center does not answer; the message is the command's own.
    pub fn act(&self, words: &[&str]) -> Result<Value> {
        self.call(words, "")
    }

    /// As [`Rackwright::act`], with `secret` on standard input for a flag such as `--password-file -`.
    ///
    /// # Errors
    /// As [`Rackwright::act`].
    pub fn act_with_secret(&self, words: &[&str], secret: &str) -> Result<Value> {
        self.call(words, &format!("{secret}\n"))
    }

    fn call(&self, words: &[&str], input: &str) -> Result<Value> {
        let shown = format!("rackwright {}", words.join(" "));
        let mut process = Command::new(&self.program)
            .arg("--socket")
            .arg(&self.socket)
            .arg("--json")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))?;
        if let Some(mut stdin) = process.stdin.take() {
            // One that ends without reading says in its own words why.
            drop(stdin.write_all(input.as_bytes()));
        }
        let output = process.wait_with_output().with_context(|| format!("waiting for `{shown}`"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!("`{shown}` ended with {}: {}{}", output.status, complaint.trim(), said.trim());
        }
        serde_json::from_str(&said).with_context(|| format!("`{shown}` printed {said:?}, which is not JSON"))
    }
}
