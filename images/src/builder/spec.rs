//! What an image shall be.

use rackwright_model::Name;
use rackwright_model::profile::ImagePurpose;

use crate::Flavour;

/// Longest name of a Debian package that is taken.
const PACKAGE_LENGTH: usize = 128;

/// What the image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Servers, with this kernel.
    Server(Flavour),
    /// Private servers, which run on the kernel of their server.
    Private(Service),
}

/// What a private server of a template does from its first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Secure shell, cron and a log.
    Plain,
    /// A web server as well.
    Web,
}

impl Service {
    #[cfg(test)]
    pub(super) const ALL: [Self; 2] = [Self::Plain, Self::Web];
}

/// An image to build: Debian 12 for amd64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSpec {
    pub name: Name,
    pub system: System,
    /// Extra packages, by name.
    pub packages: Vec<String>,
    /// Package sources, in either form of sources.list(5); none means the Debian ones of this machine.
    pub sources: Option<String>,
}

/// The words are not names of Debian packages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not names of Debian packages: {}; use lower-case letters, digits and + - .", .0.join(", "))]
pub struct BadSpec(pub Vec<String>);

impl ImageSpec {
    /// Debian 12 for servers, with nothing extra.
    #[must_use]
    pub fn debian_12(name: Name, flavour: Flavour) -> Self {
        Self { name, system: System::Server(flavour), packages: Vec::new(), sources: None }
    }

    /// Debian 12 for private servers, with nothing extra.
    #[must_use]
    pub fn debian_12_private(name: Name, service: Service) -> Self {
        Self { name, system: System::Private(service), packages: Vec::new(), sources: None }
    }

    /// What becomes of it.
    #[must_use]
    pub fn purpose(&self) -> ImagePurpose {
        match self.system {
            System::Server(_) => ImagePurpose::Server,
            System::Private(_) => ImagePurpose::PrivateServer,
        }
    }

    /// Code name of the release.
    #[must_use]
    pub fn release(&self) -> &'static str {
        "bookworm"
    }

    /// # Errors
    /// All bad package names at once.
    pub fn check(&self) -> Result<(), BadSpec> {
        let bad: Vec<String> =
            self.packages.iter().filter(|name| !is_package(name)).map(|name| format!("{name:?}")).collect();
        if bad.is_empty() { Ok(()) } else { Err(BadSpec(bad)) }
    }
}

/// Debian Policy section 5.6.1.
fn is_package(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let first = name.bytes().next().is_some_and(letter);
    first
        && (2..=PACKAGE_LENGTH).contains(&name.len())
        && name.bytes().all(|byte| letter(byte) || b"+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_bad_package() {
        let mut spec = ImageSpec::debian_12("debian-12".parse().expect("a name"), Flavour::Cloud);
        spec.packages = ["htop", "g++", "--help", "a,b", "X"].map(str::to_owned).into();
        let error = spec.check().expect_err("three are bad").to_string();
        assert!(error.contains("\"--help\", \"a,b\", \"X\""), "{error}");
    }
}
