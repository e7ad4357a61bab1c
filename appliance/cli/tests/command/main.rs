//! The command as people run it, against the API on a unix socket.

mod center;
mod completion;
mod contexts;
mod copy;
mod forms;
mod jobs;
mod keys;
mod manual;
mod outcome;
mod private_servers;
mod terminal;
mod watch;
