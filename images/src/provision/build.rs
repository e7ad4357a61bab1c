//! The environment, from packages to the two files that machines boot.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::archive::{pack_tree, padding};
use super::tree::{TreeError, Trees};
use crate::Flavour;
use crate::command::CommandError;
use crate::debian::bootstrap::{Bootstrap, Plan, milestone};
use crate::debian::{BootstrapError, Sources, SourcesError};
use crate::progress::{Cancelled, Watch};
use crate::work_dir::WorkDir;

/// The kernel's file in the environment's directory.
pub const KERNEL_FILE: &str = "vmlinuz";
/// The RAM disk's file in the environment's directory.
pub const RAM_DISK_FILE: &str = "provision.cpio.zst";
/// What is known of the two, beside them.
const DESCRIPTION_FILE: &str = "environment.json";

const RELEASE: &str = "bookworm";
/// Level 12 takes seconds; more makes machines unpack slower for little.
const LEVEL: i32 = 12;
/// Beside the kernel.
const PACKAGES: [&str; 7] =
    ["busybox-static", "kmod", "fdisk", "util-linux", "e2fsprogs", "xfsprogs", "dosfstools"];

/// A provisioning environment on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub flavour: Flavour,
    /// Version of the kernel, such as `6.1.0-30-cloud-amd64`.
    pub kernel: String,
    pub vmlinuz_bytes: u64,
    pub ram_disk_bytes: u64,
    /// Bytes of the RAM disk once unpacked; a machine needs about 120 MiB of memory more than these.
    pub unpacked_bytes: u64,
    /// The key that [`environment_key`] gave.
    pub key: String,
}

/// No environment was built; an existing one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    #[error(transparent)]
    Sources(#[from] SourcesError),
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    #[error("the provisioning environment could not be put together")]
    Tree(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("{path} could not be {what}")]
    File {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl From<CommandError> for EnvironmentError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Cancelled { .. } => Self::Cancelled(Cancelled),
            other => Self::Bootstrap(other.into()),
        }
    }
}

impl From<TreeError> for EnvironmentError {
    fn from(error: TreeError) -> Self {
        match error {
            TreeError::Command(CommandError::Cancelled { .. }) => Self::Cancelled(Cancelled),
            other => Self::Tree(Box::new(other)),
        }
    }
}

/// Build the environment into `out_dir/FLAVOUR`: `vmlinuz` and `provision.cpio.zst`, the latter padded so that the agent's
/// archive may follow it directly. `sources` are package sources in either form of sources.list(5); none means the Debian ones
/// of this machine. Needs root, mmdebstrap and about 1 GiB of room in `work_dir`.
///
/// # Errors
/// [`EnvironmentError`]
pub fn build_environment(
    flavour: Flavour,
    sources: Option<&str>,
    work_dir: &Path,
    out_dir: &Path,
    watch: Watch<'_>,
) -> Result<Environment, EnvironmentError> {
    let key = environment_key(flavour, sources)?;
    let sources = sources_of(sources)?;
    let file = |what, path: &Path| {
        let path = path.to_owned();
        move |source| EnvironmentError::File { what, path, source }
    };
    let work =
        WorkDir::create(work_dir, &format!("environment-{flavour}")).map_err(file("used", work_dir))?;
    let (packages, root) = (work.path().join("packages"), work.path().join("root"));
    std::fs::create_dir(&root).map_err(file("made", &root))?;
    unpack(flavour, &sources, work.path(), &packages, watch)?;
    watch.say("tree", "Choosing drivers and tools", 0.6);
    let kernel = Trees { packages: &packages, root: &root, watch }.assemble()?;
    watch.go_on()?;
    let directory = out_dir.join(flavour.word());
    std::fs::create_dir_all(&directory).map_err(file("made", &directory))?;
    watch.say("compress", "Packing the RAM disk", 0.7);
    let (ram_disk, ram_disk_bytes, unpacked_bytes) =
        compress(&root, &directory).map_err(file("packed", &root))?;
    watch.go_on()?;
    let (vmlinuz, vmlinuz_bytes) =
        take_kernel(&packages, &kernel, &directory).map_err(file("copied", &packages.join("boot")))?;
    let environment = Environment { flavour, kernel, vmlinuz_bytes, ram_disk_bytes, unpacked_bytes, key };
    let description = describe(&environment, &directory).map_err(file("written", &directory))?;
    // The kernel must fit the drivers, so they change together as nearly as may be; the description comes last.
    for (temporary, name) in
        [(ram_disk, RAM_DISK_FILE), (vmlinuz, KERNEL_FILE), (description, DESCRIPTION_FILE)]
    {
        publish(temporary, &directory.join(name)).map_err(file("written", &directory.join(name)))?;
    }
    File::open(&directory).and_then(|directory| directory.sync_all()).map_err(file("written", &directory))?;
    Ok(environment)
}

/// A key, in hexadecimal, that is equal exactly when the recipe and the package sources are; [`Environment::key`] tells with
/// which one an environment was built.
///
/// # Errors
/// When the machine's package sources cannot be read.
pub fn environment_key(flavour: Flavour, sources: Option<&str>) -> Result<String, SourcesError> {
    let sources = sources_of(sources)?.text();
    let mut context = Context::new(&SHA256);
    let recipe = [
        include_str!("build.rs"),
        include_str!("tree.rs"),
        include_str!("drivers.rs"),
        include_str!("udhcpc.script"),
    ];
    for part in recipe.into_iter().chain([flavour.word(), &sources]) {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    Ok(hex::encode(&context.finish().as_ref()[..16]))
}

impl Environment {
    /// The environment that was built into `out_dir/FLAVOUR`, if it is whole.
    #[must_use]
    pub fn read(out_dir: &Path, flavour: Flavour) -> Option<Self> {
        let directory = out_dir.join(flavour.word());
        let found: Self =
            serde_json::from_slice(&std::fs::read(directory.join(DESCRIPTION_FILE)).ok()?).ok()?;
        let is =
            |name: &str, bytes| std::fs::metadata(directory.join(name)).is_ok_and(|file| file.len() == bytes);
        (is(KERNEL_FILE, found.vmlinuz_bytes) && is(RAM_DISK_FILE, found.ram_disk_bytes)).then_some(found)
    }
}

fn sources_of(text: Option<&str>) -> Result<Sources, SourcesError> {
    match text {
        Some(text) => Ok(Sources::of_text(text)),
        None => Sources::of_machine(Path::new("/"), RELEASE),
    }
}

fn unpack(
    flavour: Flavour,
    sources: &Sources,
    work_dir: &Path,
    into: &Path,
    watch: Watch<'_>,
) -> Result<(), EnvironmentError> {
    let mut include = PACKAGES.to_vec();
    include.push(flavour.kernel_package());
    let plan = Plan::Unpack { directory: into };
    let bootstrap = Bootstrap { release: RELEASE, sources, include, plan, work_dir, epoch: 0 };
    watch.say("packages", "Reading the package lists", 0.0);
    let mut say = |line: &str| {
        if let Some((sentence, fraction)) = milestone(line) {
            watch.say("packages", sentence, fraction * 0.7);
        }
    };
    Ok(bootstrap.run(watch, &mut say, drop)?.result?)
}

/// The packed RAM disk, its bytes, and those it unpacks to.
fn compress(root: &Path, directory: &Path) -> io::Result<(NamedTempFile, u64, u64)> {
    let file = temporary(directory)?;
    let mut encoder = zstd::Encoder::new(file, LEVEL)?;
    encoder.multithread(std::thread::available_parallelism().map_or(1, |count| count.get() as u32))?;
    let counted = pack_tree(root, Counted { writer: encoder, bytes: 0 })?;
    let unpacked = counted.bytes;
    let mut file = counted.writer.finish()?;
    let bytes = file.as_file_mut().stream_position()?;
    let padding = padding(bytes);
    file.write_all(padding)?;
    Ok((file, bytes + padding.len() as u64, unpacked))
}

fn take_kernel(packages: &Path, version: &str, directory: &Path) -> io::Result<(NamedTempFile, u64)> {
    let mut file = temporary(directory)?;
    let mut kernel = File::open(packages.join(format!("boot/vmlinuz-{version}")))?;
    let bytes = io::copy(&mut kernel, &mut file)?;
    Ok((file, bytes))
}

fn describe(environment: &Environment, directory: &Path) -> io::Result<NamedTempFile> {
    let mut file = temporary(directory)?;
    file.write_all(&serde_json::to_vec_pretty(environment)?)?;
    Ok(file)
}

fn temporary(directory: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".incoming-").tempfile_in(directory)
}

fn publish(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

struct Counted<W> {
    writer: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
