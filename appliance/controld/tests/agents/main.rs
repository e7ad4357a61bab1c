//! Stories at the agent port, over real TLS.

mod certificates;
mod desk;
mod hostile;
mod machine;
mod port;
mod sessions;
