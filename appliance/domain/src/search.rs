//! Finding things of any kind.

mod find;
