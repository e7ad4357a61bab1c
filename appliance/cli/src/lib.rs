//! `rackwright`: a command per action. The tree of commands, its help and its completions are made at run time from the
//! catalogue; nothing here knows a single action, except how to show a few outputs well.

mod argument;
mod completion;
mod connection;
mod console;
mod context;
mod copy;
mod events;
mod exec;
mod follow;
mod format;
mod input;
mod journal;
mod man;
mod person;
mod private;
mod run;
mod screen;
mod settle;
pub mod show;
mod tree;
mod watch;

pub use input::{InputError, input};
pub use person::{Person, Terminal};
pub use run::main;
pub use tree::{chosen, command};
