//! Install profiles: everything about an installed system that is a choice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::Name;

/// How a system is installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The image to install.
    pub image: Name,
    #[serde(default)]
    pub disk: DiskLayout,
    /// People who may sign in on the installed system.
    #[serde(default)]
    pub users: Vec<SystemUser>,
    /// Time zone in the tz database, such as Europe/Berlin.
    #[serde(default = "utc")]
    #[schemars(regex(pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$"), length(max = 64))]
    pub timezone: String,
    /// DNS domain appended to the server's name.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"))]
    pub domain: Option<String>,
    #[serde(default)]
    pub network: NetworkChoice,
    /// Extra packages, by name, from the package sources below and those of the image.
    #[serde(default)]
    #[schemars(inner(regex(pattern = "^[a-z0-9][a-z0-9+.-]{1,127}$")))]
    pub packages: Vec<String>,
    /// Package sources of the installed system, beside those that its image carries.
    #[serde(default)]
    pub package_sources: Vec<PackageSource>,
    /// Whether the sources that the image carries are switched off.
    #[serde(default)]
    pub without_image_sources: bool,
    /// Shell commands run inside the new system, in order, before its first boot. The install fails when one fails.
    #[serde(default)]
    #[schemars(inner(length(min = 1, max = 4096)))]
    pub post_install: Vec<String>,
}

fn utc() -> String {
    "Etc/UTC".to_owned()
}

/// Which disk, and how it is cut. GPT, with a BIOS boot partition, an EFI system partition, root and data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DiskLayout {
    /// Kernel name (vda), serial number or `smallest`, `largest`, `first`.
    #[schemars(length(min = 1, max = 128))]
    pub target: String,
    /// Size of the root file system in MiB.
    #[schemars(range(min = 1024, max = 4_194_304))]
    pub root_mib: u32,
    /// What fills the rest of the disk.
    pub data: DataPartition,
}

impl Default for DiskLayout {
    fn default() -> Self {
        Self { target: "first".to_owned(), root_mib: 3_072, data: DataPartition::Xfs }
    }
}

impl DiskLayout {
    /// MiB taken before the root partition: 1 for alignment, 1 for BIOS boot, 128 for the EFI system partition.
    pub const HEAD_MIB: u32 = 130;
    /// The least that a data partition must have: XFS refuses less than 300 MiB.
    pub const DATA_MIN_MIB: u32 = 320;

    /// The least size of disk, in bytes, that holds this layout.
    #[must_use]
    pub fn least_bytes(&self) -> u64 {
        let data = match self.data {
            DataPartition::None => 1,
            DataPartition::Xfs | DataPartition::Ext4 => Self::DATA_MIN_MIB,
        };
        (u64::from(Self::HEAD_MIB) + u64::from(self.root_mib) + u64::from(data)) << 20
    }
}

/// The data partition, mounted at /srv with project quotas, for private servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DataPartition {
    /// XFS mounted with `prjquota`.
    Xfs,
    /// ext4 with the `project` and `quota` features.
    Ext4,
    /// Leave the rest of the disk unused.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemUser {
    #[schemars(regex(pattern = "^[a-z_][a-z0-9_-]{0,31}$"))]
    pub name: String,
    /// Public keys in OpenSSH form, one per entry.
    #[serde(default)]
    #[schemars(inner(length(min = 16, max = 8192)))]
    pub ssh_keys: Vec<String>,
    /// crypt(5) hash of the password; none means that only keys open the door.
    #[schemars(length(max = 256), extend("x-secret" = true))]
    pub password_hash: Option<String>,
    /// Whether the user may become root with sudo.
    #[serde(default)]
    pub sudo: bool,
}

/// An archive of Debian packages, as apt knows it (sources.list(5)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageSource {
    /// Where the archive is, such as http://10.77.0.1/debian. Name servers must know a host that is given by name.
    #[schemars(
        regex(pattern = "^https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~%+/-]*)?$"),
        length(max = 1024)
    )]
    pub uri: String,
    /// Suite, such as bookworm; where there are no components, a directory that ends in a slash, such as ./
    #[schemars(regex(pattern = "^[A-Za-z0-9._/-]{1,128}$"))]
    pub suite: String,
    /// Components of the suite, such as main.
    #[serde(default)]
    #[schemars(length(max = 16), inner(regex(pattern = "^[A-Za-z0-9._/-]{1,64}$")))]
    pub components: Vec<String>,
    /// The public key that must have signed the archive, in ASCII armour. None means the keys that the image trusts.
    #[schemars(length(max = 65_536), extend("x-multiline" = true))]
    pub key: Option<String>,
    /// Take packages of this archive though nobody signed them: whoever can change traffic can then change the system.
    #[serde(default)]
    pub unsigned: bool,
}

/// How the installed system gets its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum NetworkChoice {
    /// By DHCP, from the Control Center's reservation.
    #[default]
    Dhcp,
    /// The address leased during the install, written into the system.
    Static,
}

/// How an image file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFormat {
    /// A zstd-compressed tar of a root file system.
    TarZst,
}

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "kebab-case")]
pub enum ImagePurpose {
    /// It has a kernel and boot loaders: it is installed on servers.
    #[default]
    Server,
    /// It has neither: private servers begin with it.
    PrivateServer,
}

impl ImagePurpose {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::PrivateServer => "private-server",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Server, Self::PrivateServer].into_iter().find(|purpose| purpose.word() == word)
    }
}
