//! Versions of NFS that are spoken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A minor version of NFS 4. Older ones know no state, and no way back from a break in the network without a second service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum NfsVersion {
    /// RFC 7530.
    #[serde(rename = "4.0")]
    V40,
    /// RFC 8881.
    #[serde(rename = "4.1")]
    V41,
    /// RFC 7862.
    #[default]
    #[serde(rename = "4.2")]
    V42,
}

impl NfsVersion {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::V40 => "4.0",
            Self::V41 => "4.1",
            Self::V42 => "4.2",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::V40, Self::V41, Self::V42].into_iter().find(|version| version.word() == word)
    }
}
