//! Words that come from a person and name something inside. Each is checked before it is sent anywhere.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text names nothing inside a private server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} does not name {what}")]
pub struct BadInside {
    text: String,
    what: &'static str,
}

/// Declares a checked text: what it is in a sentence, the pattern that its schema tells, and the check.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $what:literal, $pattern:literal, $most:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadInside;

            fn from_str(text: &str) -> Result<Self, BadInside> {
                let check: fn(&str) -> bool = $check;
                if text.is_empty() || text.len() > $most || text.chars().any(char::is_control) || !check(text) {
                    return Err(BadInside { text: text.chars().take(80).collect(), what: $what });
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "minLength": 1, "maxLength": $most, "pattern": $pattern })
            }
        }
    };
}

checked! {
    /// A place in the files: absolute, without `.`, `..` and doubled slashes; `/` is the top. Whoever has only a home sees that
    /// as the top.
    InsidePath, "a path: it begins with / and has no part that is empty, . or ..",
    "^/(([^\\/.][^\\/]*|\\.[^\\/.][^\\/]*|\\.\\.[^\\/]+)(/([^\\/.][^\\/]*|\\.[^\\/.][^\\/]*|\\.\\.[^\\/]+))*)?$", 1024,
    |text| text == "/" || text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_part))
}

checked! {
    /// One name in a folder.
    FileName, "the name of a file: it has no / and is not . or ..", "^([^\\/.][^\\/]*|\\.[^\\/.][^\\/]*|\\.\\.[^\\/]+)$", 255, is_part
}

checked! {
    /// A service of systemd(1), such as `ssh.service`.
    UnitName, "a service: letters, digits and : _ . @ - with .service at the end",
    "^[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]*\\.service$", 128,
    |text| {
        text.strip_suffix(".service").is_some_and(|stem| {
            !stem.is_empty()
                && !stem.starts_with('-')
                && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b":_.\\@-".contains(&b))
        })
    }
}

checked! {
    /// A user or a group inside (useradd(8)).
    LoginName, "a login: small letters, digits, _ and -, beginning with a letter or _", "^[a-z_][a-z0-9_-]{0,31}$", 32,
    |text| {
        !text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    }
}

checked! {
    /// Chosen by whoever uploads, at random: names the part of a file that is there already.
    UploadKey, "the key of an upload: 16 digits of a to f and 0 to 9", "^[0-9a-f]{16}$", 16,
    |text| text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

checked! {
    /// A place in the journal, as journald(8) names it.
    JournalPlace, "a place in the journal: letters, digits, = and ;", "^[A-Za-z0-9=;]+$", 256,
    |text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'=' || b == b';')
}

fn is_part(part: &str) -> bool {
    !part.is_empty() && part.len() <= 255 && part != "." && part != ".." && !part.contains('/')
}

impl InsidePath {
    /// The top.
    #[must_use]
    pub fn top() -> Self {
        Self("/".to_owned())
    }

    #[must_use]
    pub fn is_top(&self) -> bool {
        self.0 == "/"
    }

    /// Folder and last name; none of the top.
    #[must_use]
    pub fn split(&self) -> Option<(Self, &str)> {
        let (folder, name) = self.0.rsplit_once('/')?;
        if name.is_empty() {
            return None;
        }
        Some((Self(if folder.is_empty() { "/" } else { folder }.to_owned()), name))
    }

    /// This name in this folder.
    ///
    /// # Errors
    /// When it gets too long.
    pub fn join(&self, name: &FileName) -> Result<Self, BadInside> {
        format!("{}/{name}", self.0.trim_end_matches('/')).parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_is_no_path() {
        for bad in ["", "etc", "/..", "/a/../b", "/a//b", "/a/", "/./a", "/a\n", "/a\0b"] {
            assert!(bad.parse::<InsidePath>().is_err(), "{bad:?}");
        }
        let path: InsidePath = "/srv/www".parse().expect("a path");
        let (folder, name) = path.split().expect("has a name");
        assert_eq!((folder.as_str(), name), ("/srv", "www"));
        assert_eq!(folder.join(&"www".parse().expect("a name")), Ok(path));
        assert_eq!(InsidePath::top().split(), None);
        assert_eq!(
            InsidePath::top().join(&"etc".parse().expect("a name")),
            Ok("/etc".parse().expect("a path"))
        );
    }

    #[test]
    fn options_are_no_names() {
        assert!("-f.service".parse::<UnitName>().is_err() && "ssh.socket".parse::<UnitName>().is_err());
        assert!("getty@tty1.service".parse::<UnitName>().is_ok());
        for bad in ["-r", "Root", "a b", "0day", "a:b"] {
            assert!(bad.parse::<LoginName>().is_err(), "{bad}");
        }
        assert!(
            "0123456789abcdef".parse::<UploadKey>().is_ok()
                && "../../etc/passwd".parse::<UploadKey>().is_err()
        );
        assert!(
            "s=0a;i=1b;b=2c;m=3;t=4;x=5".parse::<JournalPlace>().is_ok()
                && "s=0 --vacuum-size=1".parse::<JournalPlace>().is_err()
        );
        assert!("a/b".parse::<FileName>().is_err() && "..".parse::<FileName>().is_err());
    }
}
