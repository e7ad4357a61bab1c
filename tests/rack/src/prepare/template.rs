//! The image that private servers begin with, kept as the servers' image is.

use std::hash::Hasher;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{build_image, hash_packages, keep_image, kept, workshop};
use crate::center::{ControlCenter, Place};
use crate::hardware::Hardware;
use crate::progress::Step;
use crate::setup::Programs;

/// The name of the plain template and of its recipe.
pub const TEMPLATE: &str = "debian-12-private";
/// The same with a web server.
pub const WEB_TEMPLATE: &str = "debian-12-web";

/// An image for private servers, ready to be given to any number of Control Centers.
#[derive(Debug, Clone)]
pub struct Template {
    /// Of the image, and of its recipe.
    pub name: String,
    /// The compressed image.
    pub image: PathBuf,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Finds or makes the template of a recipe with these packages beside those of the recipe.
///
/// # Errors
/// Building fails or takes too long.
pub fn prepare_template(
    programs: &Programs,
    name: &str,
    packages: &[&str],
    step: &mut Step,
) -> Result<Template> {
    let key = format!("{:016x}", hash_packages(&[&[name], packages].concat())?.finish());
    kept(&key, step, |home| found(home, name), |home, step| build(home, programs, name, packages, step))
}

fn found(home: &Path, name: &str) -> Option<Template> {
    let sha256 = std::fs::read_to_string(home.join("sha256")).ok()?;
    let template = Template { name: name.to_owned(), image: home.join("image.tar.zst"), sha256 };
    template.image.is_file().then_some(template)
}

fn build(home: &Path, programs: &Programs, name: &str, packages: &[&str], step: &mut Step) -> Result<()> {
    let (data_dir, run_dir) = workshop(home)?;
    let place = Place { data_dir, run_dir, namespace: None, hardware: Hardware::Virtio };
    let data = place.data_dir.clone();
    let center = ControlCenter::start(place, programs)?;
    let sha256 = build_image(center.rackwright(), name, &["--recipe", name], packages, step)?;
    drop(center);
    keep_image(home, &data, &sha256)
}
