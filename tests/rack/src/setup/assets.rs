//! The panels' npm packages, exactly as their lock file says.

use anyhow::{Context, Result, bail};

use crate::hardware::Tool;
use crate::progress::Step;
use crate::workspace;

/// Installs the packages unless those of this very lock file are there.
pub fn install(step: &mut Step) -> Result<()> {
    let panels = workspace::root().join("panels");
    let lock = panels.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("reading {}", lock.display()))?;
    // Written by us after a complete installation, so that one that was cut off does not count.
    let stamp = panels.join("node_modules").join(".rack-installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        step.result("up to date");
        return Ok(());
    }
    step.note("npm ci");
    let Some(panels) = panels.to_str() else { bail!("the path {} is not UTF-8", panels.display()) };
    Tool::new("npm").args(["ci", "--no-audit", "--no-fund", "--prefix", panels]).run()?;
    std::fs::write(&stamp, &wanted).with_context(|| format!("writing {}", stamp.display()))?;
    step.result("installed");
    Ok(())
}
