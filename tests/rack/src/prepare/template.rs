//! The image that private servers begin with, kept as the servers' image is.

use std::fs::File;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{CACHE, follow_job, hash_packages, rename, workshop};
use crate::center::{ControlCenter, Place};
use crate::hardware::Hardware;
use crate::progress::Step;
use crate::setup::Programs;

/// The name of the image.
pub const TEMPLATE: &str = "debian-12-private";

/// An image for private servers, ready to be given to any number of Control Centers.
#[derive(Debug, Clone)]
pub struct Template {
    /// The compressed image.
    pub image: PathBuf,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Finds or makes the template with these packages beside those of its recipe.
///
/// # Errors
/// Building fails or takes too long.
pub fn prepare_template(programs: &Programs, packages: &[&str], step: &mut Step) -> Result<Template> {
    let key = hash_packages(&[&[TEMPLATE], packages].concat())?.finish();
    let home = Path::new(CACHE).join(format!("{key:016x}"));
    std::fs::create_dir_all(&home).with_context(|| format!("making {}", home.display()))?;
    // Racks that start at the same time build once.
    let lock = File::create(home.join("lock")).context("making the cache's lock")?;
    step.note("waiting for another rack that prepares the same");
    lock.lock().context("locking the cache")?;
    if let Some(template) = found(&home) {
        step.result("found in the cache");
        return Ok(template);
    }
    build(&home, programs, packages, step)?;
    step.result("built");
    found(&home).with_context(|| format!("{} lacks what was just built there", home.display()))
}

fn found(home: &Path) -> Option<Template> {
    let sha256 = std::fs::read_to_string(home.join("sha256")).ok()?;
    let template = Template { image: home.join("image.tar.zst"), sha256 };
    template.image.is_file().then_some(template)
}

fn build(home: &Path, programs: &Programs, packages: &[&str], step: &mut Step) -> Result<()> {
    let (data_dir, run_dir) = workshop(home)?;
    let images = data_dir.join("images");
    let place = Place { data_dir, run_dir, namespace: None, hardware: Hardware::Virtio };
    let center = ControlCenter::start(place, programs)?;
    let mut words = vec!["image", "build", TEMPLATE, "--recipe", TEMPLATE];
    for package in packages {
        words.extend(["--packages", package]);
    }
    let job = center.rackwright().act(&words)?;
    follow_job(center.rackwright(), &job, step)?;
    let image = center.rackwright().act(&["image", "show", TEMPLATE])?;
    let sha256 = image["sha256"].as_str().with_context(|| format!("image show gave no sha256: {image}"))?;
    drop(center);
    rename(&images.join(format!("{sha256}.tar.zst")), &home.join("image.tar.zst"))?;
    // Last: its presence says that everything is there.
    std::fs::write(home.join("sha256"), sha256).context("noting the image's SHA-256")?;
    std::fs::remove_dir_all(home.join("workshop")).context("removing the workshop")
}
