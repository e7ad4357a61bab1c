//! Install profiles held against machines and images.

mod target;

pub use target::target_disk;
