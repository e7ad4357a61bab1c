//! The unit of systemd in which a private server runs (systemd.scope(5)).
//!
//! crun asks for it, and takes it away. When crun is killed as it begins, the unit stays behind: with processes that wait for ever, or
//! as one that could not be started, whose name is taken until that is forgotten (systemctl(1), reset-failed).

use std::path::Path;
use std::time::Duration;

use rackwright_model::private_server::Number;

use crate::tool::{self, ToolError};

/// Where systemd keeps units that programs asked for, for as long as it knows them.
pub const UNITS: &str = "/run/systemd/transient";
const LIMIT: Duration = Duration::from_secs(60);
const BEGINS: &str = "rackwright-";
const ENDS: &str = ".scope";

/// What systemd calls it.
#[must_use]
pub fn name(number: Number) -> String {
    format!("{BEGINS}{}{ENDS}", number.tag())
}

/// The tag of a private server whose unit has this name.
#[must_use]
pub fn tag(name: &str) -> Option<&str> {
    name.strip_prefix(BEGINS)?.strip_suffix(ENDS)
}

/// Whether systemd knows of it.
#[must_use]
pub fn is_known(number: Number) -> bool {
    Path::new(UNITS).join(name(number)).exists()
}

/// Ends what is in it, and has systemd forget it. One that it does not know is forgotten.
///
/// # Errors
/// [`ToolError`] when systemd does not answer.
pub fn end(number: Number) -> Result<(), ToolError> {
    if !is_known(number) {
        return Ok(());
    }
    let name = name(number);
    for order in [&["kill", "--signal=KILL", &name][..], &["stop", &name], &["reset-failed", &name]] {
        match tool::run("systemctl", order, LIMIT) {
            // It has no processes, has ended by itself meanwhile, or has not failed.
            Ok(_) | Err(ToolError::Failed { .. }) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_private_server() {
        let number = Number::try_from(7).expect("a number");
        assert_eq!(name(number), "rackwright-ps7.scope");
        assert_eq!(tag(&name(number)), Some("ps7"));
        assert_eq!(tag("rackwright-agent.service"), None);
    }
}
