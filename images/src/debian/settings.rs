//! apt's settings of this machine that decide how packages are fetched: proxies, certificates, clock leniency.

use std::process::Command;
use std::time::Duration;

use crate::command::{CommandError, Limits, run};
use crate::progress::Watch;

/// Settings that matter for fetching; the rest is about this machine's own packages.
const KEPT: [&str; 6] = [
    "Acquire::http::",
    "Acquire::https::",
    "Acquire::Retries",
    "Acquire::Check-Date",
    "Acquire::Check-Valid-Until",
    "Acquire::ForceIPv4",
];

/// Those settings as text of an apt configuration file. It may hold a proxy's password: keep the file private.
///
/// # Errors
/// When apt-config cannot be run.
pub(crate) fn of_machine(watch: Watch<'_>) -> Result<String, CommandError> {
    let limits = Limits { package: "apt", time: Duration::from_secs(30) };
    let dump = run(Command::new("apt-config").arg("dump"), limits, watch)?;
    Ok(kept(&String::from_utf8_lossy(&dump)))
}

fn kept(dump: &str) -> String {
    let wanted = |line: &&str| KEPT.iter().any(|start| line.starts_with(start)) && !line.ends_with(" \"\";");
    dump.lines().filter(wanted).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_about_fetching() {
        let dump = "APT \"\";\nAcquire \"\";\nAcquire::http \"\";\nAcquire::http::Proxy \"http://proxy.example:3128\";\n\
                    Acquire::Check-Date \"false\";\nDPkg::Post-Invoke:: \"rm -rf /x\";\n";
        assert_eq!(
            kept(dump),
            "Acquire::http::Proxy \"http://proxy.example:3128\";\nAcquire::Check-Date \"false\";\n"
        );
    }
}
