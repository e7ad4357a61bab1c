//! `private-server journal`.

use rackwright_catalog::actions::private_server::inside::{PrivateServerJournal, PrivateServerJournalInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::inside::{Answer, Journal, Work};

use super::taken;
use crate::{Caller, Domain};

/// Lines when nothing is said.
const LINES: u32 = 100;

impl Handle<PrivateServerJournal, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerJournalInput) -> Result<Journal, Fault> {
        let PrivateServerJournalInput { private_server, service, since_s, lines, after } = input;
        let attempted = format!("read the log of {private_server}");
        let work = Work::Journal { service, since_s, lines: lines.unwrap_or(LINES), after };
        let answer = self.inside(caller, &private_server, &attempted, work).await?;
        taken!(answer, Answer::Journal(journal) => journal, &attempted)
    }
}
