//! The installed system starts. It counts when its own agent, with the certificate of this install, holds a session.

use rackwright_store::install::InstallRow;
use rackwright_store::server::Server;

use super::Outcome;
use crate::Domain;

pub(super) fn step(domain: &Domain, install: &InstallRow, server: &Server) -> Outcome {
    let live = install.token_key.is_some() && domain.presence.of(server.id).connected;
    if live { Outcome::Live } else { Outcome::Wait }
}
