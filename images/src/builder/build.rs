//! One image, from packages to the repository.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_model::Millis;
use rackwright_model::profile::{ImageFormat, ImagePurpose};

use super::key::sources_of;
use super::recipe::{self, Recipe};
use super::{BadSpec, ImageSpec, overlay};
use crate::command::{CommandError, Ended};
use crate::debian::bootstrap::{Bootstrap, Plan, milestone};
use crate::debian::{BootstrapError, SourcesError};
use crate::manifest::Manifest;
use crate::progress::{Cancelled, Watch};
use crate::repository::incoming::Incoming;
use crate::repository::scan::{Bounds, Found, ScanError, Tee, scan};
use crate::repository::{Repository, RepositoryError};
use crate::work_dir::WorkDir;

const DAY_S: u64 = 86_400;

/// No image was built; nothing is left of the attempt.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Spec(#[from] BadSpec),
    #[error(transparent)]
    Sources(#[from] SourcesError),
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    #[error("the work directory {path} cannot be used")]
    WorkDir {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the image could not be packed; is there room in the repository?")]
    Pack(#[source] ScanError),
    #[error("the packages gave no system that can start")]
    System(#[source] ScanError),
    #[error("{}", purpose_sentence(*.0))]
    Purpose(ImagePurpose),
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What is wrong with a system that came out for the other purpose.
fn purpose_sentence(wanted: ImagePurpose) -> &'static str {
    match wanted {
        ImagePurpose::Server => "the packages gave a system without a kernel, which no server can start",
        ImagePurpose::PrivateServer => {
            "an image for private servers has no kernel and no boot loader; leave out the packages that bring them"
        }
    }
}

impl From<CommandError> for BuildError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Cancelled { .. } => Self::Cancelled(Cancelled),
            other => Self::Bootstrap(other.into()),
        }
    }
}

/// Build the image and put it into the repository in `out_dir`. Needs root, mmdebstrap and about 1 GiB of room in
/// `work_dir`. An image of the same name is replaced at the end, at once.
///
/// # Errors
/// [`BuildError`]
pub fn build_image(
    spec: &ImageSpec,
    work_dir: &Path,
    out_dir: &Path,
    watch: Watch<'_>,
) -> Result<Manifest, BuildError> {
    spec.check()?;
    let sources = sources_of(spec)?;
    let repository = Repository::open(out_dir)?;
    let unusable = |source| BuildError::WorkDir { path: work_dir.to_owned(), source };
    let work = WorkDir::create(work_dir, &format!("image-{}", spec.name)).map_err(unusable)?;
    let ours = work.path().join("overlay");
    let recipe = Recipe::of(spec.system);
    overlay::write(&ours, &recipe.overlay).map_err(unusable)?;
    let mut incoming = repository.incoming()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Whole days, so that two builds of the same packages on one day have the same time stamps.
    let epoch = i64::try_from(now.as_secs() / DAY_S * DAY_S).unwrap_or_default();
    let plan = Plan::Install {
        path_filters: &recipe::PATH_FILTERS,
        setup: recipe::SETUP,
        customize: recipe.customize,
    };
    let include = recipe.with_extra(&spec.packages);
    let bootstrap =
        Bootstrap { release: spec.release(), sources: &sources, include, plan, work_dir: work.path(), epoch };
    watch.say("packages", "Reading the package lists", 0.0);
    let mut say = |line: &str| {
        if let Some((sentence, fraction)) = milestone(line) {
            watch.say("packages", sentence, fraction);
        }
    };
    let ended = bootstrap.run(watch, &mut say, |stdout| pack(stdout, &mut incoming))?;
    let found = outcome(ended)?;
    if found.purpose != spec.purpose() {
        return Err(BuildError::Purpose(spec.purpose()));
    }
    watch.say("repository", "Putting the image into the repository", 0.99);
    let manifest = |sha256: String, bytes| manifest(spec, &found, Millis(millis(now)), sha256, bytes);
    Ok(repository.finish(incoming, manifest)?)
}

/// Compress the tar into the repository while looking at what is in it.
fn pack(stdout: ChildStdout, incoming: &mut Incoming) -> Result<Found, ScanError> {
    let pack = |source| ScanError::Write { source };
    let mut encoder = zstd::Encoder::new(incoming, recipe::LEVEL).map_err(pack)?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    encoder.multithread(u32::try_from(workers).unwrap_or(1)).map_err(pack)?;
    encoder.include_checksum(true).map_err(pack)?;
    let mut tee = Tee::new(stdout, &mut encoder);
    let found = scan(&mut tee, Bounds::default());
    let copied = tee.failure();
    copied?;
    let found = found?;
    encoder.finish().and_then(|incoming| incoming.flush()).map_err(pack)?;
    Ok(found)
}

/// A process that failed explains why its tar is not whole; a tar that could not be packed explains why the process found
/// its output closed.
fn outcome(ended: Ended<Result<Found, ScanError>>) -> Result<Found, BuildError> {
    match (ended.result, ended.made) {
        (Ok(()), Ok(found)) => Ok(found),
        (_, Err(error @ ScanError::Write { .. })) => Err(BuildError::Pack(error)),
        (Err(error), _) => Err(error.into()),
        (Ok(()), Err(error)) => Err(BuildError::System(error)),
    }
}

fn manifest(spec: &ImageSpec, found: &Found, built_at: Millis, sha256: String, bytes: u64) -> Manifest {
    Manifest {
        name: spec.name.clone(),
        os: found.os.clone(),
        version: found.version.clone(),
        arch: found.arch.clone(),
        format: ImageFormat::TarZst,
        sha256,
        bytes,
        unpacked_bytes: found.unpacked_bytes,
        built_at,
        purpose: found.purpose,
        firmware: found.firmware.clone(),
    }
}

fn millis(since_epoch: std::time::Duration) -> i64 {
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
