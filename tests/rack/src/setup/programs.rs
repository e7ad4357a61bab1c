//! Our own programs, built by cargo, which knows best whether there is anything to do.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::hardware::rack_program;
use crate::progress::Step;
use crate::workspace;

/// The agent runs on systems and in a RAM disk that we know nothing of: one file, no libraries.
const AGENT_FLAGS: &str = "-C target-feature=+crt-static -C relocation-model=static";
const AGENT_TARGET: &str = "x86_64-unknown-linux-gnu";

/// Where the built programs are.
#[derive(Debug, Clone)]
pub struct Programs {
    pub rackwrightd: PathBuf,
    pub rackwright: PathBuf,
    /// The static agent.
    pub agent: PathBuf,
    /// This package's own program, for the BMCs.
    pub rack: PathBuf,
}

impl Programs {
    /// The programs that an earlier [`build`] left, for tests that are started by hand.
    ///
    /// # Errors
    /// One of them is not built.
    pub fn built() -> Result<Self> {
        let target = workspace::target();
        let programs = Self {
            rackwrightd: target.join("debug/rackwrightd"),
            rackwright: target.join("debug/rackwright"),
            agent: agent_target().join(AGENT_TARGET).join("agent/rackwright-agent"),
            rack: rack_program()?,
        };
        for program in [&programs.rackwrightd, &programs.rackwright, &programs.agent] {
            if !program.is_file() {
                bail!(
                    "{} is not built: run `cargo rack test --only NAME`, which builds it",
                    program.display()
                );
            }
        }
        Ok(programs)
    }
}

/// Builds the Control Center, its command line and the agent, side by side: each is linked, and the agent optimised as a whole,
/// on one processor.
pub fn build(step: &mut Step) -> Result<Programs> {
    step.note("rackwrightd, rackwright and rackwright-agent");
    let mut center = workspace::cargo();
    let packages = ["--package", "rackwright-controld", "--package", "rackwright-cli"];
    center.args(["build", "--quiet", "--bins"]).args(packages);
    let mut agent = workspace::cargo();
    agent.args(["build", "--quiet", "--package", "rackwright-agent", "--profile", "agent"]);
    // Flags of its own would make cargo rebuild everything else in a shared directory.
    agent
        .args(["--target", AGENT_TARGET])
        .arg("--target-dir")
        .arg(agent_target())
        .env("RUSTFLAGS", AGENT_FLAGS);
    let agent = start(agent)?;
    let center = run(center);
    // Waited for in any case: nothing goes on behind whoever called.
    ended(agent)?;
    center?;
    let programs = Programs::built()?;
    step.result("built");
    Ok(programs)
}

/// Builds the Control Center and its command line with optimisation, without an agent.
pub fn build_release(step: &mut Step) -> Result<Programs> {
    let mut center = workspace::cargo();
    let packages = ["--package", "rackwright-controld", "--package", "rackwright-cli"];
    center.args(["build", "--quiet", "--release", "--bins"]).args(packages);
    run(center)?;
    let target = workspace::target();
    step.result("built");
    Ok(Programs {
        rackwrightd: target.join("release/rackwrightd"),
        rackwright: target.join("release/rackwright"),
        agent: agent_target().join(AGENT_TARGET).join("agent/rackwright-agent"),
        rack: rack_program()?,
    })
}

fn agent_target() -> PathBuf {
    workspace::target().join("agent")
}

/// Runs cargo with its own messages going to the user.
fn run(cargo: Command) -> Result<()> {
    ended(start(cargo)?)
}

fn start(mut cargo: Command) -> Result<Child> {
    cargo.stdin(Stdio::null()).spawn().context("starting cargo")
}

fn ended(mut cargo: Child) -> Result<()> {
    let status = cargo.wait().context("waiting for cargo")?;
    if !status.success() {
        bail!("cargo ended with {status}: see its messages above");
    }
    Ok(())
}
