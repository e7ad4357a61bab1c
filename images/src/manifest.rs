//! What is known of an image.

use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{Firmware, Millis, Name};
use serde::{Deserialize, Serialize};

/// An image in the repository. Stored as JSON beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub name: Name,
    /// The name that the system gives itself, such as `Debian GNU/Linux 12 (bookworm)`.
    pub os: String,
    /// Version of the system, such as `12`.
    pub version: String,
    /// Architecture in Debian's words, such as `amd64`.
    pub arch: String,
    pub format: ImageFormat,
    /// SHA-256 of the compressed file, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes of the compressed file.
    pub bytes: u64,
    /// Bytes of the files once unpacked, each rounded up to 4 KiB.
    pub unpacked_bytes: u64,
    pub built_at: Millis,
    /// What it is for. Older images are all for servers.
    #[serde(default)]
    pub purpose: ImagePurpose,
    /// Firmware for which the image carries a boot loader; none where it is for private servers.
    pub firmware: Vec<Firmware>,
}
