//! A server that has not answered for as long as was chosen, and whose private servers could run elsewhere.

use rackwright_model::ServerState;
use rackwright_model::private_server::FailoverStage;
use rackwright_store::failover::{failover_begin, failover_get};
use rackwright_store::server::{Server, server_get};

use super::holding::Carriers;
use crate::{Domain, Refusal, failover};

impl Domain {
    /// # Errors
    /// When the database fails.
    pub(super) async fn begin_failovers(&self) -> Result<(), Refusal> {
        let (after_s, carriers) = self.read(|tx| Ok((failover::after_s(tx)?, Carriers::read(tx)?))).await?;
        if carriers.are_cut_off() {
            for (server, _) in
                carriers.silent.iter().filter(|(_, stage)| *stage == Some(FailoverStage::Fencing))
            {
                self.call_off_failover(server.id).await?;
            }
        }
        let due: Vec<(&Server, i64)> = match after_s {
            Some(after_s) => self.due(&carriers, i64::from(after_s) * 1_000),
            None => Vec::new(),
        };
        let problem = (!due.is_empty()).then(|| carriers.problem(self.presence.agents())).flatten();
        let held = problem.is_some();
        self.hold_failovers(problem).await?;
        for (server, waited_ms) in due.into_iter().filter(|_| !held) {
            self.begin_failover(server, waited_ms).await?;
        }
        Ok(())
    }

    /// Those that have not answered for so long, and for how long each.
    fn due<'a>(&self, carriers: &'a Carriers, after_ms: i64) -> Vec<(&'a Server, i64)> {
        let now = self.now();
        let idle = carriers.silent.iter().filter(|(_, stage)| stage.is_none());
        idle.map(|(server, _)| (server, now.since(self.presence.last_sign(server.id))))
            .filter(|(server, waited_ms)| *waited_ms >= after_ms && !self.presence.of(server.id).connected)
            .collect()
    }

    async fn begin_failover(&self, server: &Server, waited_ms: i64) -> Result<(), Refusal> {
        let (id, now) = (server.id, self.now());
        let begun = self
            .write(move |tx| {
                let still =
                    server_get(tx, id)?.is_some_and(|server| server.state == ServerState::Unreachable);
                if still && failover_get(tx, id)?.is_none() {
                    failover_begin(tx, id, now)?;
                }
                Ok(still)
            })
            .await?;
        if begun {
            let said = format!(
                "{} has not answered for {} s. It is powered off, then its private servers on a NAS start elsewhere.",
                server.name,
                waited_ms / 1_000
            );
            self.events.server(now, &server.name, "failover", said);
        }
        Ok(())
    }
}
