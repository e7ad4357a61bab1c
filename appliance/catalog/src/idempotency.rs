//! The key by which a caller says that two calls are one and the same.

use std::fmt;
use std::str::FromStr;

/// A key that a caller made up, such as a UUID: 1 to 255 visible ASCII characters. A call with a key is carried out once;
/// the same call with the same key is answered with the first answer (IETF draft-ietf-httpapi-idempotency-key-header).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The text cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadKey;

impl IdempotencyKey {
    /// Characters of a key.
    pub const LONGEST: usize = 255;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "must be 1 to {} visible ASCII characters, such as a UUID, and stand only once",
            IdempotencyKey::LONGEST
        )
    }
}

impl std::error::Error for BadKey {}

impl FromStr for IdempotencyKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let sound =
            (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if sound { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }
}
