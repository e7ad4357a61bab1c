//! Where a file is: here, or in a private server.

use rackwright_model::Name;
use rackwright_model::private_server::inside::{FileName, InsidePath};

use crate::input::InputError;

/// Where a file is, or shall be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A path of this machine; `-` is standard input or output.
    Here(String),
    There(There),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct There {
    pub server: Name,
    pub path: InsidePath,
    /// It was written with a slash at its end.
    pub is_folder: bool,
}

impl Place {
    /// As scp(1) reads it: a colon before any slash parts the name of a private server from a path in it.
    pub fn of(text: &str) -> Result<Self, InputError> {
        let Some((server, path)) = text.split_once(':').filter(|(server, _)| !server.contains('/')) else {
            return Ok(Self::Here(text.to_owned()));
        };
        let wrong = |why: String| InputError(format!("{text}: {why}; for a file of this machine: ./{text}"));
        let server = server.parse().map_err(|error| wrong(format!("{error}")))?;
        let trimmed = path.trim_end_matches('/');
        let is_folder = path.ends_with('/');
        let whole = if trimmed.is_empty() && is_folder { "/" } else { trimmed };
        let path = whole.parse().map_err(|error| wrong(format!("{error}")))?;
        Ok(Self::There(There { server, path, is_folder }))
    }
}

impl There {
    /// The path of a file that goes there under this name, if only its folder was named.
    pub fn for_file(self, name: Option<&str>) -> Result<(Name, InsidePath), InputError> {
        if !self.is_folder {
            return Ok((self.server, self.path));
        }
        let Some(name) = name else {
            return Err(InputError(
                "standard input has no name: write the whole path of the file".to_owned(),
            ));
        };
        let name: FileName = name.parse().map_err(|error| InputError(format!("{error}")))?;
        let path = self.path.join(&name).map_err(|error| InputError(format!("{error}")))?;
        Ok((self.server, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(text: &str) -> There {
        match Place::of(text) {
            Ok(Place::There(there)) => there,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_colon_before_any_slash_names_a_private_server() {
        for here in ["a", "/a:b", "./a:b", "-", "../x"] {
            assert_eq!(Place::of(here).expect("a place"), Place::Here(here.to_owned()));
        }
        let file = there("web1:/srv/a").for_file(Some("b")).expect("a path");
        assert_eq!((file.0.as_str(), file.1.as_str()), ("web1", "/srv/a"));
        for bad in ["web1:srv", "web1:", "We b:/a", ":/a", "web1:/../etc"] {
            let said = Place::of(bad).expect_err("no place").0;
            assert!(said.contains(&format!("./{bad}")), "{said}");
        }
    }

    #[test]
    fn a_folder_takes_the_name_of_the_file() {
        for (text, path) in [("web1:/srv/", "/srv/b"), ("web1:/", "/b")] {
            assert_eq!(there(text).for_file(Some("b")).expect("a path").1.as_str(), path);
            assert!(there(text).for_file(None).is_err());
        }
    }
}
