//! Running the Debian tools that the rack is built from.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// Environment variable naming the `rack` program, for callers that are not that program (tests of other crates).
pub const PROGRAM_VARIABLE: &str = "RACKWRIGHT_RACK_PROGRAM";

/// A command that is run to its end, with its arguments in its error message.
#[derive(Debug)]
pub struct Tool(Command);

impl Tool {
    pub fn new(program: &str) -> Self {
        Self(Command::new(program))
    }

    pub fn from_command(command: Command) -> Self {
        Self(command)
    }

    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    #[must_use]
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.0.args(args);
        self
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs the command and gives back what it printed on standard output.
    ///
    /// # Errors
    /// The program cannot be started, or ends with another code than 0; the message carries its standard error.
    pub fn read(mut self) -> Result<String> {
        let shown = self.shown();
        let output = self
            .0
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("`{shown}` could not be started"))?;
        if !output.status.success() {
            bail!("`{shown}` ended with {}: {}", output.status, complaint(&output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs the command for its effect.
    ///
    /// # Errors
    /// As [`Tool::read`].
    pub fn run(self) -> Result<()> {
        self.read().map(drop)
    }

    fn shown(&self) -> String {
        let mut words = vec![self.0.get_program().to_string_lossy().into_owned()];
        words.extend(self.0.get_args().map(|arg| arg.to_string_lossy().into_owned()));
        words.join(" ")
    }
}

/// The last lines of what a failed command said.
fn complaint(output: &Output) -> String {
    let both = [output.stderr.as_slice(), output.stdout.as_slice()].concat();
    let text = String::from_utf8_lossy(&both);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// The `rack` program, which BMCs run for every chassis command.
///
/// # Errors
/// This process is another program and neither the environment variable `RACKWRIGHT_RACK_PROGRAM` nor a
/// neighbouring file names it.
pub fn rack_program() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(PROGRAM_VARIABLE) {
        return Ok(PathBuf::from(path));
    }
    let me = std::env::current_exe().context("finding the running program's own path")?;
    if me.file_name().is_some_and(|name| name == "rack") {
        return Ok(me);
    }
    // Test binaries lie in target/<profile>/deps, programs one level up.
    let near = me.ancestors().skip(1).take(2).map(|dir| dir.join("rack")).find(|path| path.is_file());
    near.with_context(|| {
        format!(
            "the `rack` program is not beside {}: run `cargo build -p rackwright-rack`, or name it in \
             {PROGRAM_VARIABLE}",
            me.display()
        )
    })
}
