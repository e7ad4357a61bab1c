//! What the browser says of a ceremony (section 5.8.1): a JSON object of its own making.

use serde::Deserialize;

use super::{Expected, Unfit};

/// What was asked of the authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

impl Ceremony {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    /// base64url.
    pub challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl ClientData {
    pub fn read(bytes: &[u8]) -> Result<Self, Unfit> {
        serde_json::from_slice(bytes).map_err(|_| Unfit::ClientData)
    }

    pub fn check(&self, ceremony: Ceremony, expected: &Expected<'_>) -> Result<(), Unfit> {
        if self.kind != ceremony.word() {
            return Err(Unfit::Ceremony);
        }
        if self.challenge != expected.challenge {
            return Err(Unfit::Challenge);
        }
        if self.origin != expected.origin {
            return Err(Unfit::Origin);
        }
        if self.cross_origin {
            return Err(Unfit::Framed);
        }
        Ok(())
    }
}
