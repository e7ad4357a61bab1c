//! Where a share appears inside a private server.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::export;

/// Directories that the system inside needs as they are: nothing is laid over them, nor below the first four.
const KEPT: [&str; 18] = [
    "/proc", "/sys", "/dev", "/run", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/opt", "/root",
    "/sbin", "/srv", "/tmp", "/usr", "/var", "/mnt",
];
/// Of those, the ones that are made anew with every start.
const FLEETING: usize = 4;

/// A directory inside, which is made when it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MountPoint(String);

/// Why nothing can be laid there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMountPoint {
    #[error(transparent)]
    Path(#[from] super::BadExportPath),
    #[error("is the root of everything inside")]
    Root,
}

impl MountPoint {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the system inside needs as it is, and would be hidden by something here.
    #[must_use]
    pub fn hides(&self) -> Option<&'static str> {
        let hidden =
            |(at, kept): &(usize, &str)| self.0 == *kept || (*at < FLEETING && is_below(&self.0, kept));
        KEPT.into_iter().enumerate().find(hidden).map(|(_, kept)| kept)
    }

    /// Whether one of the two hides the other.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        is_below(&self.0, &other.0) || is_below(&other.0, &self.0)
    }
}

/// Whether a path is another one, or below it.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn check(text: &str) -> Result<(), BadMountPoint> {
    export::check(text)?;
    if text == "/" {
        return Err(BadMountPoint::Root);
    }
    Ok(())
}

impl FromStr for MountPoint {
    type Err = BadMountPoint;

    fn from_str(text: &str) -> Result<Self, BadMountPoint> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl TryFrom<String> for MountPoint {
    type Error = BadMountPoint;

    fn try_from(text: String) -> Result<Self, BadMountPoint> {
        check(&text).map(|()| Self(text))
    }
}

impl From<MountPoint> for String {
    fn from(point: MountPoint) -> Self {
        point.0
    }
}

impl fmt::Display for MountPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for MountPoint {
    fn schema_name() -> Cow<'static, str> {
        "MountPoint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A directory inside a private server, such as /srv/shared.",
            "minLength": 2,
            "maxLength": 200,
            "pattern": "^(/([A-Za-z0-9_-]|\\.[A-Za-z0-9_-]|\\.\\.[A-Za-z0-9._-])[A-Za-z0-9._-]*)+$"
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_system_inside_is_not_hidden() {
        for good in ["/srv/shared", "/mnt/tools", "/opt/x", "/data", "/process"] {
            assert_eq!(good.parse::<MountPoint>().expect("a directory").hides(), None, "{good}");
        }
        for bad in ["/", "srv", "/a/../etc", "/a/./b", "/a//b", "/a/"] {
            assert!(bad.parse::<MountPoint>().is_err(), "{bad}");
        }
        for (bad, hidden) in
            [("/proc", "/proc"), ("/proc/1", "/proc"), ("/run/x", "/run"), ("/etc", "/etc"), ("/usr", "/usr")]
        {
            assert_eq!(bad.parse::<MountPoint>().expect("a directory").hides(), Some(hidden));
        }
    }

    #[test]
    fn what_hides_another_is_seen() {
        let point = |text: &str| text.parse::<MountPoint>().expect("a mount point");
        assert!(point("/a/b").meets(&point("/a")) && point("/a").meets(&point("/a/b")));
        assert!(point("/a").meets(&point("/a")) && !point("/a").meets(&point("/ab")));
    }

    proptest! {
        #[test]
        fn meeting_is_mutual(one in "(/[ab]{1,2}){1,3}", other in "(/[ab]{1,2}){1,3}") {
            let (one, other) = (one.parse::<MountPoint>().expect("a path"), other.parse::<MountPoint>().expect("a path"));
            prop_assert_eq!(one.meets(&other), other.meets(&one));
            prop_assert!(one.meets(&one));
        }
    }
}
