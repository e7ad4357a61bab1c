//! The machine writes its disk and reports. A lost session is given time to come back; a machine that booted anew in
//! the middle has a half-written disk, and the order is never given twice.

use rackwright_store::install::InstallRow;
use rackwright_store::server::Server;

use super::{Outcome, awaiting};
use crate::{Domain, Refusal};

/// How long a machine may be without a session while it writes: it goes on by itself while we are away.
const SILENT_MS: i64 = 600_000;

pub(super) async fn step(domain: &Domain, install: &InstallRow, server: &Server) -> Result<Outcome, Refusal> {
    let Some(session) = domain.boots.environment_of(server.id) else {
        let since = domain.boots.silent_since(server.id, domain.now());
        if domain.now().since(since) <= SILENT_MS {
            return Ok(Outcome::Wait);
        }
        return Ok(Outcome::Fail {
            reason: format!(
                "nothing was heard of the machine for {} s while it wrote its disk.",
                SILENT_MS / 1_000
            ),
            advice: "Look at its serial console and its link, then install it again.".into(),
        });
    };
    if install.boot.as_deref() != Some(session.boot.as_str()) {
        return Ok(Outcome::Fail {
            reason: "the machine restarted in the middle of the install, so its disk is incomplete.".into(),
            advice: "Find out why it restarted (power, watchdog, memory), then install it again.".into(),
        });
    }
    match session.resuming {
        Some(id) if id == install.id => Ok(Outcome::Wait),
        // It never got the order: the session broke between the record and the machine.
        Some(_) | None if session.inventoried => awaiting::give(domain, install, server, &session).await,
        Some(_) | None => Ok(Outcome::Wait),
    }
}
