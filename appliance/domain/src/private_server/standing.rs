//! Private servers keep their server where it is: nothing is done to it that would destroy them or let them change hands.

use rackwright_model::{Millis, Name};
use rackwright_store::Connection;
use rackwright_store::private_server::{
    PrivateServer, private_server_coming, private_server_delete, private_server_on,
};
use rackwright_store::server::Server;

use super::vault::KEPT_MS;
use crate::Refusal;
use crate::refusal::conflict;

/// Private servers that a refusal names.
const NAMED: usize = 5;

/// That no private server stands on a server.
///
/// # Errors
/// The fault names those that do.
pub(crate) fn refuse(tx: &Connection, server: &Server, attempted: &str) -> Result<(), Refusal> {
    let mut standing = private_server_on(tx, server.id)?;
    standing.extend(private_server_coming(tx, server.id)?);
    if standing.is_empty() { Ok(()) } else { Err(stand(server, &standing, attempted)) }
}

/// That a server takes no private server with it that anybody wants. Those that are being removed are forgotten when its
/// agent is away: it would never say that they are gone. Their backups stay as if it had.
///
/// # Errors
/// The fault names those that keep it.
pub(crate) fn leave(
    tx: &Connection,
    server: &Server,
    connected: bool,
    now: Millis,
    attempted: &str,
) -> Result<(), Refusal> {
    let mut standing = private_server_on(tx, server.id)?;
    standing.extend(private_server_coming(tx, server.id)?);
    if standing.iter().any(|row| !row.wanted.removing) {
        return Err(stand(server, &standing, attempted));
    }
    if connected && !standing.is_empty() {
        let reason = format!("private servers are being removed from it: {}", names(&standing));
        return Err(conflict(attempted, reason, "Wait a minute until they are gone.").into());
    }
    for row in standing {
        private_server_delete(tx, row.id, now.plus(KEPT_MS))?;
    }
    Ok(())
}

fn stand(server: &Server, standing: &[PrivateServer], attempted: &str) -> Refusal {
    let reason = format!("private servers stand on it: {}", names(standing));
    let advice = format!(
        "Removing them would destroy their files; move them with: rackwright private-server drain {}",
        server.name
    );
    conflict(attempted, reason, advice).into()
}

fn names(rows: &[PrivateServer]) -> String {
    let names: Vec<Name> = rows.iter().map(|row| row.wanted.name.clone()).collect();
    listed(&names)
}

/// Names in a sentence.
pub(crate) fn listed(names: &[Name]) -> String {
    let mut some: Vec<&str> = names.iter().take(NAMED).map(Name::as_str).collect();
    if names.len() > NAMED {
        some.push("…");
    }
    some.join(", ")
}
