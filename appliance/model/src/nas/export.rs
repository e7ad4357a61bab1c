//! The path of an export, as the NFS server names it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The longest path, in bytes.
const LONGEST: usize = 200;

/// An absolute path that is written in one way only: no `.`, no `..`, no empty part, and nothing that means something to
/// mount(8).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExportPath(String);

/// Why a text is no path of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadExportPath {
    #[error("begins with / and has at most {LONGEST} characters")]
    Shape,
    #[error("has only letters, digits and . _ - / in it")]
    Character,
    #[error("has no part that is empty, . or ..")]
    Part,
}

impl ExportPath {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks a path; `/` itself is one.
pub(super) fn check(text: &str) -> Result<(), BadExportPath> {
    let Some(rest) = text.strip_prefix('/').filter(|_| text.len() <= LONGEST) else {
        return Err(BadExportPath::Shape);
    };
    if !rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)) {
        return Err(BadExportPath::Character);
    }
    if !rest.is_empty() && rest.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(BadExportPath::Part);
    }
    Ok(())
}

impl FromStr for ExportPath {
    type Err = BadExportPath;

    fn from_str(text: &str) -> Result<Self, BadExportPath> {
        check(text).map(|()| Self(text.to_owned()))
    }
}

impl TryFrom<String> for ExportPath {
    type Error = BadExportPath;

    fn try_from(text: String) -> Result<Self, BadExportPath> {
        check(&text).map(|()| Self(text))
    }
}

impl From<ExportPath> for String {
    fn from(path: ExportPath) -> Self {
        path.0
    }
}

impl fmt::Display for ExportPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for ExportPath {
    fn schema_name() -> Cow<'static, str> {
        "ExportPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The path of an NFS export, such as /srv/private.",
            "minLength": 1,
            "maxLength": LONGEST,
            "pattern": "^(/|(/([A-Za-z0-9_-]|\\.[A-Za-z0-9_-]|\\.\\.[A-Za-z0-9._-])[A-Za-z0-9._-]*)+)$"
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_absolute_paths_are_taken() {
        for good in ["/", "/srv", "/srv/private-1", "/a/.b/c_d.e"] {
            assert_eq!(good.parse::<ExportPath>().map(String::from), Ok(good.to_owned()));
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for (bad, why) in [
            ("", BadExportPath::Shape),
            ("srv", BadExportPath::Shape),
            (long.as_str(), BadExportPath::Shape),
            ("/srv,ro", BadExportPath::Character),
            ("/srv x", BadExportPath::Character),
            ("/srv\n", BadExportPath::Character),
            ("/srv/../etc", BadExportPath::Part),
            ("/srv//x", BadExportPath::Part),
            ("/srv/", BadExportPath::Part),
            ("/./x", BadExportPath::Part),
        ] {
            assert_eq!(bad.parse::<ExportPath>(), Err(why), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_leads_nowhere_else_and_is_no_option(text in "[/a-c.,: \\PC]{0,40}") {
            if let Ok(path) = text.parse::<ExportPath>() {
                prop_assert!(path.as_str().starts_with('/'));
                prop_assert!(!path.as_str().contains(|c: char| c.is_whitespace() || c.is_control() || ",:'\"\\".contains(c)));
                prop_assert!(path.as_str().split('/').all(|part| part != ".." && part != "."));
                let json = serde_json::to_string(&path).expect("text");
                prop_assert_eq!(serde_json::from_str::<ExportPath>(&json).expect("the same"), path);
            }
        }
    }
}
