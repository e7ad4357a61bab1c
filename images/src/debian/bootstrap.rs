//! Running mmdebstrap.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command};
use std::time::Duration;

use super::{Sources, settings};
use crate::command::{CommandError, Ended, Limits, stream};
use crate::progress::Watch;

/// Longest time for fetching and installing all packages.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Packages could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    #[error("only root can put a Debian system together; run this as root")]
    NotRoot,
    #[error("the file {path} could not be written")]
    Write {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("Debian packages could not be put together")]
    Command(#[from] CommandError),
}

/// What mmdebstrap shall make.
#[derive(Debug)]
pub(crate) struct Bootstrap<'a> {
    /// Code name of the release.
    pub release: &'a str,
    pub sources: &'a Sources,
    pub include: Vec<&'a str>,
    pub plan: Plan<'a>,
    /// A directory of our own for everything temporary; its file system needs room for the unpacked system.
    pub work_dir: &'a Path,
    /// Newest time stamp in the result, in seconds since the epoch.
    pub epoch: i64,
}

/// How far packages are installed.
#[derive(Debug)]
pub(crate) enum Plan<'a> {
    /// Unpacked into this directory, nothing configured.
    Unpack { directory: &'a Path },
    /// Installed; the tar goes to the standard output.
    Install { path_filters: &'a [&'a str], setup: &'a str, customize: &'a str },
}

impl Bootstrap<'_> {
    /// Run it. `consume` gets the standard output, `on_line` the lines of its log.
    ///
    /// # Errors
    /// When it could not be started; how it ended is in [`Ended`].
    pub(crate) fn run<T: Send>(
        &self,
        watch: Watch<'_>,
        on_line: &mut dyn FnMut(&str),
        consume: impl FnOnce(ChildStdout) -> T + Send,
    ) -> Result<Ended<T>, BootstrapError> {
        if !nix::unistd::geteuid().is_root() {
            return Err(BootstrapError::NotRoot);
        }
        let mut command = Command::new("mmdebstrap");
        command.args(self.arguments(watch)?);
        command
            .env("TMPDIR", self.work_dir)
            .env("LC_ALL", "C.UTF-8")
            .env("DEBIAN_FRONTEND", "noninteractive");
        command.env("SOURCE_DATE_EPOCH", self.epoch.to_string());
        // The RAM disk is made once, by the customize hook.
        command.env("INITRD", "No");
        Ok(stream(&mut command, Limits { package: "mmdebstrap", time: LIMIT }, watch, on_line, consume)?)
    }

    fn arguments(&self, watch: Watch<'_>) -> Result<Vec<OsString>, BootstrapError> {
        // As files: settings may hold a proxy's password, which must not show in a list of processes.
        let apt = self.file("apt.conf", &settings::of_machine(watch)?, 0o600)?;
        let mut all: Vec<OsString> =
            ["--mode=root", "--architectures=amd64", "--verbose"].map(OsString::from).into();
        all.push(option("--aptopt", &apt));
        all.push(format!("--include={}", self.include.join(",")).into());
        let target = match &self.plan {
            Plan::Unpack { directory } => {
                all.extend(["--variant=extract", "--format=directory"].map(OsString::from));
                directory.as_os_str().to_owned()
            }
            Plan::Install { path_filters, setup, customize } => {
                all.extend(["--variant=apt", "--format=tar"].map(OsString::from));
                all.push("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr".into());
                all.extend(path_filters.iter().map(|filter| OsString::from(format!("--dpkgopt={filter}"))));
                all.push(option("--setup-hook", &self.file("setup-hook", setup, 0o700)?));
                all.push(option("--customize-hook", &self.file("customize-hook", customize, 0o700)?));
                "-".into()
            }
        };
        all.extend([OsString::from(self.release), target]);
        if !self.sources.paragraphs.is_empty() {
            all.push(self.file("debian.sources", &self.sources.paragraphs, 0o600)?.into());
        }
        if !self.sources.lines.is_empty() {
            all.push(self.file("debian.list", &self.sources.lines, 0o600)?.into());
        }
        Ok(all)
    }

    fn file(&self, name: &str, text: &str, mode: u32) -> Result<PathBuf, BootstrapError> {
        let path = self.work_dir.join(name);
        let write = || {
            let mut file =
                std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&path)?;
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
            file.write_all(text.as_bytes())
        };
        write().map_err(|source| BootstrapError::Write { path: path.clone(), source })?;
        Ok(path)
    }
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(format!("{name}="));
    option.push(path);
    option
}

/// What a line of the log means: the sentence for a person and how much of mmdebstrap's work is done by then.
pub(crate) fn milestone(line: &str) -> Option<(&'static str, f64)> {
    let text = line.strip_prefix("I: ").unwrap_or(line);
    [
        ("running apt-get update", "Reading the package lists", 0.02),
        ("downloading packages", "Downloading packages", 0.05),
        ("extracting archives", "Unpacking the essential packages", 0.20),
        ("installing essential packages", "Installing the essential packages", 0.25),
        ("installing remaining packages", "Installing the other packages", 0.40),
        ("update-initramfs: Generating", "Making the initial RAM disk", 0.70),
        ("cleaning package lists", "Cleaning up", 0.78),
        ("creating tarball", "Packing the system", 0.80),
    ]
    .into_iter()
    .find(|(start, ..)| text.starts_with(start))
    .map(|(_, sentence, fraction)| (sentence, fraction))
}
