//! What takes minutes to make and is the same for every rack: the Debian image and the provisioning environment.
//!
//! Both are kept under `/var/cache/rackwright-rack`, one directory per content of what they are made from. A first
//! run makes them with a Control Center that serves no network and so can use the machine's own way to the package
//! sources; later runs find them.

mod template;

use std::collections::hash_map::DefaultHasher;
use std::fs::File;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::center::{ControlCenter, Place, Rackwright};
use crate::hardware::Hardware;
use crate::interrupt;
use crate::progress::Step;
use crate::setup::Programs;
use crate::workspace;

pub use template::{TEMPLATE, Template, WEB_TEMPLATE, prepare_template};

/// Where prepared things are kept.
const CACHE: &str = "/var/cache/rackwright-rack";
/// The name of the image, and of the profile that installs it.
pub const IMAGE: &str = "debian-12";
/// How long building an image, or taking one in, may take.
pub const BUILD_LIMIT: Duration = Duration::from_secs(20 * 60);
/// What the image holds beyond its recipe: the tools that the benchmark's floor is measured with.
const EXTRA_PACKAGES: [&str; 2] = ["curl", "zstd"];

/// Prepared things, ready to be given to any number of Control Centers.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The compressed image.
    pub image: PathBuf,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// The directory with the provisioning environment's files, as in a Control Center's data directory.
    pub boot: PathBuf,
    /// What both have the drivers for.
    pub hardware: Hardware,
}

/// Finds or makes the image and the provisioning environment with the drivers for this hardware.
///
/// # Errors
/// Building fails or takes too long.
pub fn prepare(programs: &Programs, hardware: Hardware, step: &mut Step) -> Result<Prepared> {
    prepare_with(programs, hardware, &EXTRA_PACKAGES, step)
}

/// The same with these packages in the image, beyond its recipe.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_with(
    programs: &Programs,
    hardware: Hardware,
    packages: &[&str],
    step: &mut Step,
) -> Result<Prepared> {
    let key = key(hardware, packages)?;
    let build = |home: &Path, step: &mut Step| build(home, programs, hardware, packages, step);
    kept(&key, step, |home| found(home, hardware), build)
}

/// What is kept under this key; built when it is not there.
fn kept<T>(
    key: &str,
    step: &mut Step,
    found: impl Fn(&Path) -> Option<T>,
    build: impl FnOnce(&Path, &mut Step) -> Result<()>,
) -> Result<T> {
    let home = Path::new(CACHE).join(key);
    std::fs::create_dir_all(&home).with_context(|| format!("making {}", home.display()))?;
    // Racks that start at the same time build once.
    let lock = File::create(home.join("lock")).context("making the cache's lock")?;
    step.note("waiting for another rack that prepares the same");
    lock.lock().context("locking the cache")?;
    if let Some(there) = found(&home) {
        step.result("found in the cache");
        return Ok(there);
    }
    build(&home, step)?;
    step.result("built");
    found(&home).with_context(|| format!("{} lacks what was just built there", home.display()))
}

fn found(home: &Path, hardware: Hardware) -> Option<Prepared> {
    let sha256 = std::fs::read_to_string(home.join("sha256")).ok()?;
    let prepared = Prepared { image: home.join("image.tar.zst"), sha256, boot: home.join("boot"), hardware };
    let kernel = prepared.boot.join(hardware.kernel()).join("vmlinuz");
    (prepared.image.is_file() && kernel.is_file()).then_some(prepared)
}

fn build(
    home: &Path,
    programs: &Programs,
    hardware: Hardware,
    packages: &[&str],
    step: &mut Step,
) -> Result<()> {
    let (data_dir, run_dir) = workshop(home)?;
    let place = Place { data_dir, run_dir, namespace: None, hardware };
    let (data, boot) = (place.data_dir.clone(), place.boot_dir());
    let center = ControlCenter::start(place, programs)?;
    let job = center.rackwright().act(&["environment", "build", hardware.kernel()])?;
    follow_job(center.rackwright(), &job, BUILD_LIMIT, step)?;
    let recipe = ["--recipe", "debian-12", "--kernel", hardware.kernel()];
    let sha256 = build_image(center.rackwright(), IMAGE, &recipe, packages, step)?;
    drop(center);
    rename(&boot, &home.join("boot"))?;
    keep_image(home, &data, &sha256)
}

/// Moves the image out of the workshop.
fn keep_image(home: &Path, data: &Path, sha256: &str) -> Result<()> {
    rename(&data.join("images").join(format!("{sha256}.tar.zst")), &home.join("image.tar.zst"))?;
    // Last: its presence says that everything is there.
    std::fs::write(home.join("sha256"), sha256).context("noting the image's SHA-256")?;
    std::fs::remove_dir_all(home.join("workshop")).context("removing the workshop")
}

/// An empty place for a Control Center that builds: its data directory and its run directory.
fn workshop(home: &Path) -> Result<(PathBuf, PathBuf)> {
    let workshop = home.join("workshop");
    match std::fs::remove_dir_all(&workshop) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("clearing {}", workshop.display())),
    }
    let dirs = (workshop.join("data"), workshop.join("run"));
    for dir in [&dirs.0, &dirs.1] {
        std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    }
    Ok(dirs)
}

/// Builds the image by the Control Center's own action and gives back its SHA-256.
fn build_image(
    rackwright: &Rackwright,
    name: &str,
    recipe: &[&str],
    packages: &[&str],
    step: &mut Step,
) -> Result<String> {
    let mut words = [&["image", "build", name], recipe].concat();
    for package in packages {
        words.extend(["--packages", package]);
    }
    let job = rackwright.act(&words)?;
    follow_job(rackwright, &job, BUILD_LIMIT, step)?;
    let image = rackwright.act(&["image", "show", name])?;
    image["sha256"].as_str().map(str::to_owned).with_context(|| format!("image show gave no sha256: {image}"))
}

/// Waits for the job that an action started.
///
/// # Errors
/// It fails, or takes longer than this.
pub fn follow_job(rackwright: &Rackwright, started: &Value, limit: Duration, step: &mut Step) -> Result<()> {
    let id = started["job"].to_string();
    let began = Instant::now();
    loop {
        let detail = rackwright.act(&["job", "show", &id])?;
        let job = &detail["job"];
        match job["state"].as_str() {
            Some("running") => step.note(format!(
                "{}: {} ({} %)",
                job["title"].as_str().unwrap_or_default(),
                job["step"].as_str().unwrap_or_default(),
                job["progress_permille"].as_u64().unwrap_or_default() / 10
            )),
            Some("succeeded") => return Ok(()),
            _ => bail!("job {id} ended {}: {}", job["state"], job["reason"]),
        }
        if began.elapsed() > limit {
            bail!("job {id} still runs after {} s, at step {}", limit.as_secs(), job["step"]);
        }
        interrupt::pause(Duration::from_millis(500))?;
    }
}

/// A name for everything that image and environment are made from.
fn key(hardware: Hardware, packages: &[&str]) -> Result<String> {
    let what = [&[hardware.kernel()], packages].concat();
    Ok(format!("{:016x}", hash_packages(&what)?.finish()))
}

/// Fed with these words, the package sources of this machine and the source code that makes images.
fn hash_packages(words: &[&str]) -> Result<DefaultHasher> {
    let mut hasher = DefaultHasher::new();
    hasher.write(words.join(" ").as_bytes());
    for path in ["/etc/debian_version", "/etc/apt/sources.list", "/etc/apt/sources.list.d"] {
        hash_path(Path::new(path), &mut hasher)?;
    }
    let images = workspace::root().join("images");
    hash_path(&images.join("src"), &mut hasher)?;
    hash_path(&images.join("Cargo.toml"), &mut hasher)?;
    Ok(hasher)
}

/// Feeds names and contents, in a fixed order. What is not there is nothing.
fn hash_path(path: &Path, hasher: &mut impl Hasher) -> Result<()> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| format!("listing {}", path.display()))?;
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry.with_context(|| format!("listing {}", path.display()))?.path());
        }
        paths.sort();
        return paths.iter().try_for_each(|path| hash_path(path, hasher));
    }
    if path.is_file() {
        hasher.write(path.as_os_str().as_encoded_bytes());
        hasher.write(&std::fs::read(path).with_context(|| format!("reading {}", path.display()))?);
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).with_context(|| format!("moving {} to {}", from.display(), to.display()))
}
