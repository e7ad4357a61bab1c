//! The provisioning environment that bare servers netboot.

mod build;
mod list;

pub(crate) use list::built;
