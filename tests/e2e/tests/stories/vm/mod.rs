//! Stories of (virtual) machines and the network they hang on.

mod bad_input;
mod generic;
mod install;
mod killed;
mod private;
mod proxy;
