//! Numbers that belong to one private server alone, on every server of a Control Center: its files keep their owners when
//! it moves.

use serde::{Deserialize, Serialize};

/// Users and groups of one private server.
pub const USERS: u32 = 65_536;
/// Below are the server's own.
const FIRST: u32 = 1 << 20;
/// So many fit into 32 bits.
const MOST: u32 = (u32::MAX - FIRST) / USERS;

/// The number of a private server in the database of the Control Center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Number(u32);

/// There are no users left for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number {0} of a private server is not between 1 and {MOST}")]
pub struct BadNumber(pub u32);

impl TryFrom<u32> for Number {
    type Error = BadNumber;

    fn try_from(number: u32) -> Result<Self, BadNumber> {
        if (1..MOST).contains(&number) { Ok(Self(number)) } else { Err(BadNumber(number)) }
    }
}

impl From<Number> for u32 {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl Number {
    /// The user of the server that is root inside.
    #[must_use]
    pub fn root(self) -> u32 {
        FIRST + self.0 * USERS
    }

    /// The project of its files, by which the disk is limited (xfs_quota(8), "project").
    #[must_use]
    pub fn project(self) -> u32 {
        self.0
    }

    /// The project of its snapshots.
    #[must_use]
    pub fn snapshots(self) -> u32 {
        USERS + self.0
    }

    /// Name of its bundle, its cgroup, its network namespace and its table of the packet filter.
    #[must_use]
    pub fn tag(self) -> String {
        format!("ps{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_share_a_user_and_none_has_one_of_the_server() {
        let all: Vec<Number> = (1..MOST).filter_map(|number| Number::try_from(number).ok()).collect();
        assert_eq!(all.len(), 65_518);
        assert!(all[0].root() >= FIRST + USERS);
        assert!(all.windows(2).all(|pair| pair[0].root() + USERS == pair[1].root()));
        assert!(all.last().expect("many").root().checked_add(USERS - 1).is_some());
        assert!(Number::try_from(0).is_err() && Number::try_from(MOST).is_err());
    }
}
