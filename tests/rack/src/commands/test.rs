//! `cargo rack test`: every check there is, or the quick ones, or one.

use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::hardware::{Hardware, Tool, rack_program};
use crate::prepare::prepare;
use crate::progress::step;
use crate::setup::{self, Programs};
use crate::workspace;

/// Tests with virtual machines, a browser or whole images. End-to-end tests say by their outermost module which they are.
const SLOW: &str = "(package(rackwright-rack) & kind(test)) | (package(rackwright-e2e) & test(/^(vm|browser)::/)) | (package(rackwright-panel-admin) & test(/^browser::/)) | (package(rackwright-controld) & test(/^browser::/)) | test(/slow_/)";

#[derive(Debug, Args)]
pub struct Test {
    /// Everything without virtual machines and browser
    #[arg(long, conflicts_with = "only")]
    quick: bool,
    /// Only tests with this in their name, or of this package; no format and lint checks
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// A check fails.
pub fn run(test: &Test) -> Result<()> {
    let programs = setup::all()?;
    step("Test runner", |step| {
        if nextest_is_there() {
            step.result("cargo-nextest is installed");
            return Ok(());
        }
        step.note("installing cargo-nextest");
        run_cargo(&["install", "--quiet", "--locked", "cargo-nextest"])
    })?;
    if test.only.is_some() {
        machines(test, &programs)?;
        return nextest(test);
    }
    step("Format", |_| run_cargo(&["fmt", "--all", "--check"]))?;
    // Beside what mostly unpacks packages.
    let mut lints = workspace::cargo();
    lints.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    let mut lints = lints.spawn().context("starting cargo clippy")?;
    let made = machines(test, &programs);
    let judged = step("Lints", |_| match lints.wait().context("waiting for cargo clippy")? {
        status if status.success() => Ok(()),
        status => bail!("`cargo clippy` ended with {status}: see its messages above"),
    });
    made?;
    judged?;
    nextest(test)
}

/// What tests with machines and a browser need.
fn machines(test: &Test, programs: &Programs) -> Result<()> {
    if test.quick {
        return Ok(());
    }
    step("Sign-in provider", setup::identity_provider::install)?;
    step("Image and provisioning environment", |step| prepare(programs, Hardware::Virtio, step))?;
    Ok(())
}

fn nextest(test: &Test) -> Result<()> {
    let mut nextest = workspace::cargo();
    nextest.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    if let Some(filter) = filter(test)? {
        nextest.args(["--filterset", &filter]);
    }
    nextest.env(crate::hardware::PROGRAM_VARIABLE, rack_program()?);
    let status = nextest.status().context("starting cargo nextest")?;
    match status.code() {
        Some(0) => Ok(()),
        // nextest's own code for "no test matched" (nextest.exitcodes).
        Some(4) => bail!("no test matches {}", test.only.as_deref().unwrap_or("the filter")),
        _ => bail!("cargo nextest ended with {status}: its summary stands above"),
    }
}

/// What nextest shall run; everything without a filter.
fn filter(test: &Test) -> Result<Option<String>> {
    if test.quick {
        return Ok(Some(format!("not ({SLOW})")));
    }
    let Some(name) = &test.only else { return Ok(None) };
    // nextest refuses a filter that names a package there is not.
    let package =
        packages()?.into_iter().find(|package| package == name || *package == format!("rackwright-{name}"));
    Ok(Some(match package {
        Some(package) => format!("test(~{name}) | package({package})"),
        None => format!("test(~{name})"),
    }))
}

/// The names of the workspace's packages.
fn packages() -> Result<Vec<String>> {
    let mut cargo = workspace::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value =
        serde_json::from_str(&Tool::from_command(cargo).read()?).context("reading cargo metadata")?;
    let all = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    Ok(all.iter().filter_map(|package| package["name"].as_str().map(str::to_owned)).collect())
}

fn nextest_is_there() -> bool {
    let mut cargo = workspace::cargo();
    cargo.args(["nextest", "--version"]);
    Tool::from_command(cargo).run().is_ok()
}

fn run_cargo(args: &[&str]) -> Result<()> {
    let mut cargo: Command = workspace::cargo();
    let status = cargo.args(args).status().context("starting cargo")?;
    if !status.success() {
        bail!("`cargo {}` ended with {status}: see its messages above", args.join(" "));
    }
    Ok(())
}
