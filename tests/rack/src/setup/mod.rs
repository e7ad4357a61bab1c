//! Making a machine ready: Debian packages, panel assets, our own programs. Each step is quick when there is nothing
//! to do.

mod assets;
pub mod identity_provider;
mod packages;
mod programs;

use anyhow::Result;

pub use programs::Programs;

use crate::progress::step;

/// A Control Center as it is delivered, optimised, and what its panel is looked at with.
///
/// # Errors
/// As [`all`].
pub fn console() -> Result<Programs> {
    step("Debian packages", packages::install)?;
    step("Panel assets", assets::install)?;
    step("Optimised programs", programs::build_release)
}

/// Everything that a rack with a Control Center needs.
///
/// # Errors
/// Something cannot be installed or built; the message says what to do.
pub fn all() -> Result<Programs> {
    step("Debian packages", packages::install)?;
    step("Panel assets", assets::install)?;
    step("Programs", programs::build)
}
