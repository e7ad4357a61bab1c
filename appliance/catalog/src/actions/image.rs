//! Operating system images.

use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{ImageId, JobId, Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, JobStarted, Nothing, Page, action, sample_name};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneImage {
    #[schemars(extend("x-from" = "image.list"))]
    pub image: Name,
}

/// Which system to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Recipe {
    /// Debian 12 for servers.
    #[serde(rename = "debian-12")]
    Debian12,
    /// Debian 12 for private servers, with little more than SSH.
    #[serde(rename = "debian-12-private")]
    Debian12Private,
    /// The same with a web server.
    #[serde(rename = "debian-12-web")]
    Debian12Web,
}

/// Which kernel goes into an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Kernel {
    /// Drivers for real hardware.
    #[default]
    Generic,
    /// Small and quick, for virtual machines only.
    Cloud,
}

impl Kernel {
    pub const ALL: [Self; 2] = [Self::Generic, Self::Cloud];

    /// The flavour as Debian's package names spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Cloud => "cloud",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageBuildInput {
    pub name: Name,
    pub recipe: Recipe,
    /// Left out of account where the recipe has no kernel.
    #[serde(default)]
    pub kernel: Kernel,
    /// Extra packages, by name.
    #[serde(default)]
    #[schemars(length(max = 200), inner(regex(pattern = "^[a-z0-9][a-z0-9+.-]{1,127}$")))]
    pub packages: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageImportInput {
    pub name: Name,
    /// Path of a .tar.zst file on the Control Center, beneath a folder of `images.import_dirs` in its configuration; local
    /// root may name any file.
    #[schemars(length(min = 1, max = 4096), regex(pattern = "^/"))]
    pub path: String,
    /// The SHA-256 that the file must have, in hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub sha256: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageRemoveInput {
    #[schemars(extend("x-from" = "image.list"))]
    pub image: Name,
    /// Repeat the image's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageView {
    pub id: ImageId,
    pub name: Name,
    pub os: String,
    pub arch: String,
    pub format: ImageFormat,
    /// What it is for.
    pub purpose: ImagePurpose,
    pub sha256: String,
    /// Bytes of the file in the repository.
    pub bytes: u64,
    pub unpacked_bytes: u64,
    pub added_at: Millis,
    pub verified_at: Option<Millis>,
    /// Set when the file no longer has the hash on record; such an image is not installed.
    pub broken: Option<String>,
}

impl ImageView {
    pub(crate) fn sample() -> Self {
        Self {
            id: ImageId(1),
            name: sample_name("debian-12"),
            os: "Debian GNU/Linux 12 (bookworm)".into(),
            arch: "amd64".into(),
            format: ImageFormat::TarZst,
            purpose: ImagePurpose::Server,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            bytes: 141_000_000,
            unpacked_bytes: 470_000_000,
            added_at: Millis(1_764_000_000_000),
            verified_at: None,
            broken: None,
        }
    }
}

action! {
    ImageList, "image.list", "List", "List images in the repository.", Inspect, Read,
    Nothing => Page<ImageView>, columns ["name", "os", "purpose", "bytes", "sha256", "added_at", "broken"];
    Nothing {};
    Page::whole(vec![ImageView::sample()])
}

action! {
    ImageShow, "image.show", "Show", "Show one image.", Inspect, Read,
    OneImage => ImageView, main "image";
    OneImage { image: sample_name("debian-12") };
    ImageView::sample()
}

action! {
    ImageBuild, "image.build", "Build", "Build an image from the package sources of this machine.", Configure, Change,
    ImageBuildInput => JobStarted, main "name";
    ImageBuildInput { name: sample_name("debian-12"), recipe: Recipe::Debian12, kernel: Kernel::Generic, packages: vec!["htop".into()] };
    JobStarted { job: JobId(3), message: "Building image debian-12 is job 3.".into() }
}

action! {
    ImageImport, "image.import", "Import", "Add an image from a file on the Control Center.", Configure, Change,
    ImageImportInput => JobStarted, main "name";
    ImageImportInput { name: sample_name("debian-12"), path: "/srv/upload/debian-12.tar.zst".into(), sha256: None };
    JobStarted { job: JobId(4), message: "Importing image debian-12 is job 4.".into() }
}

action! {
    ImageVerify, "image.verify", "Verify", "Read an image's file and compare its SHA-256 with the one on record.",
    Configure, Change,
    OneImage => ImageView, main "image";
    OneImage { image: sample_name("debian-12") };
    ImageView::sample()
}

action! {
    ImageRemove, "image.remove", "Remove", "Remove an image that no profile uses, and its file.", Configure, Destroy,
    ImageRemoveInput => Done, main "image";
    ImageRemoveInput { image: sample_name("debian-12"), confirm: Some(sample_name("debian-12")) };
    Done::new("Image debian-12 is removed.")
}
