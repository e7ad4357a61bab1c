//! The two Debian kernels that Rackwright deals in.

use serde::{Deserialize, Serialize};

/// Which Debian kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Drivers for virtual machines only; small.
    Cloud,
    /// Drivers for real hardware.
    #[default]
    Generic,
}

impl Flavour {
    pub const ALL: [Self; 2] = [Self::Cloud, Self::Generic];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Generic => "generic",
        }
    }

    /// The package that always depends on the newest kernel of this flavour.
    pub(crate) fn kernel_package(self) -> &'static str {
        match self {
            Self::Cloud => "linux-image-cloud-amd64",
            Self::Generic => "linux-image-amd64",
        }
    }
}

impl std::fmt::Display for Flavour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
