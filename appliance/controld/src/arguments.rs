//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Where the configuration is unless told otherwise.
pub const DEFAULT_CONFIG: &str = "/etc/rackwright/rackwrightd.toml";

/// The daemon of the Control Center.
#[derive(Debug, Parser)]
#[command(name = "rackwrightd", version)]
pub struct Arguments {
    /// The configuration file. Without this option: /etc/rackwright/rackwrightd.toml, and all defaults if it is not there.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only check the configuration: exit status 0 when it is valid, 1 when it is not. Files that it names and that are
    /// missing are warned of.
    #[arg(long)]
    pub check: bool,
    /// Print a configuration file with every key explained.
    #[arg(long, conflicts_with = "check")]
    pub example: bool,
}
