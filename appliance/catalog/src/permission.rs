//! Who may do what: a role is a set of permissions, an action needs one of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing: the way in.
    Public,
    /// Being signed in.
    SignedIn,
    /// Look at servers, images, profiles and jobs.
    Look,
    /// Work on servers: power, install, rename, retire.
    Operate,
    /// Change what the Control Center serves: networks, images, profiles, discovery.
    Configure,
    /// Create people and tokens for others, and read the audit trail.
    Administer,
}

/// What a person is to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Engineer,
    Support,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Owner, Self::Engineer, Self::Support];

    /// Whether the role grants the permission.
    #[must_use]
    pub fn grants(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::Public | P::SignedIn | P::Look => true,
            P::Operate | P::Configure => matches!(self, Self::Owner | Self::Engineer),
            P::Administer => self == Self::Owner,
        }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Engineer => "engineer",
            Self::Support => "support",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
