//! Building images from the packages of the Debian archive.

mod build;
mod key;
mod overlay;
mod recipe;
mod spec;

pub use build::{BuildError, build_image};
pub use key::cache_key;
pub use spec::{BadSpec, ImageSpec, Service, System};
