//! A real provider to sign in by: Canaille (OpenID Connect) in a Python environment of its own.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::hardware::Tool;
use crate::progress::Step;
use crate::workspace;

/// Every Python package, with its version.
const REQUIREMENTS: &str = include_str!("identity_provider.txt");

/// Where its program is, once it is installed.
///
/// # Errors
/// It is not installed.
pub fn program() -> Result<PathBuf> {
    let program = home().join("bin/canaille");
    if !program.is_file() {
        bail!("{} is not installed: run `cargo rack test --only NAME`, which installs it", program.display());
    }
    Ok(program)
}

/// Installs it unless these very versions are there.
pub fn install(step: &mut Step) -> Result<()> {
    let home = home();
    // Written by us after a complete installation, so that one that was cut off does not count.
    let stamp = home.join(".rack-installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        step.result("up to date");
        return Ok(());
    }
    step.note("pip install canaille");
    let Some(path) = home.to_str() else { bail!("the path {} is not UTF-8", home.display()) };
    Tool::new("python3").args(["-m", "venv", "--clear", path]).run()?;
    let wanted = home.join("requirements.txt");
    std::fs::write(&wanted, REQUIREMENTS).with_context(|| format!("writing {}", wanted.display()))?;
    Tool::new(&format!("{path}/bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"])
        .arg(&wanted)
        .run()?;
    std::fs::write(&stamp, REQUIREMENTS).with_context(|| format!("writing {}", stamp.display()))?;
    step.result("installed");
    Ok(())
}

fn home() -> PathBuf {
    workspace::target().join("identity-provider")
}
