//! What `cargo rack` can do.

pub mod bench;
pub mod image;
pub mod test;
pub mod up;
