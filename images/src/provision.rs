//! The provisioning environment: a Debian kernel and a RAM disk with busybox, drivers and the tools that make file systems.
//! It has no /init: that is the agent, which comes in a second archive behind the first. So the agent can change without
//! this one being built again.

mod agent;
mod archive;
mod build;
mod drivers;
mod tree;

pub use agent::{AgentError, agent_cpio};
pub use build::{
    Environment, EnvironmentError, KERNEL_FILE, RAM_DISK_FILE, build_environment, environment_key,
};
pub use drivers::NoDrivers;
