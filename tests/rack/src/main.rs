//! `cargo rack`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use rackwright_rack::commands::{bench, image, test, up};
use rackwright_rack::{hardware, interrupt};

/// Blank machines, a Control Center, and everything in between, on this machine
#[derive(Parser)]
#[command(name = "rack", bin_name = "cargo rack")]
struct Line {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build a rack and watch blank machines become managed servers
    Up(up::Up),
    /// Run the checks: all, the quick ones, or one
    Test(test::Test),
    /// Measure, or list what can be measured
    Bench(bench::Bench),
    /// Build the operating system image and the provisioning environment
    Image,
    /// One chassis command of a virtual BMC
    #[command(hide = true)]
    Chassis { dir: PathBuf, words: Vec<String> },
    /// The process that is a powered virtual machine
    #[command(hide = true)]
    Mainboard { dir: PathBuf },
}

fn main() -> ExitCode {
    match run(Line::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Up(options) => {
            interrupt::listen()?;
            up::run(&options)
        }
        Verb::Test(options) => test::run(&options),
        Verb::Bench(options) => {
            interrupt::listen()?;
            bench::run(&options)
        }
        Verb::Image => {
            interrupt::listen()?;
            image::run()
        }
        Verb::Chassis { dir, words } => {
            println!("{}", hardware::chassis::run(&dir, &words)?);
            Ok(())
        }
        Verb::Mainboard { dir } => hardware::mainboard::run(&dir),
    }
}
