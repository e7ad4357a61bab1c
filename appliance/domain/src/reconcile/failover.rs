//! Failover: one file per stage. A server that does not answer is known to be off before anything of it starts elsewhere;
//! that it belongs elsewhere is written in one transaction, with the next epoch of its disk. So there is never a second copy
//! that runs, whatever breaks off in between.

mod beginning;
mod fencing;
mod holding;
mod restarting;

use std::sync::Arc;
use std::time::Duration;

use rackwright_model::ServerId;
use rackwright_model::private_server::{FailoverEvent, FailoverStage};
use rackwright_store::failover::{Failover, failover_end, failover_get, failover_list, failover_reason};
use rackwright_store::private_server::{PrivateServer, private_server_on_nas_of};
use rackwright_store::server::{Server, server_get};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::refusal::chain;
use crate::{Domain, Refusal};

/// How often the world is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A BMC that did not do as it was told is asked again after so long.
const AGAIN_MS: i64 = 15_000;

/// All that a step looks at.
struct Dead {
    row: Failover,
    server: Server,
    /// Those that wait, the most urgent first.
    waiting: Vec<PrivateServer>,
}

pub(super) async fn run(domain: Arc<Domain>) {
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        if let Err(error) = domain.step_failovers().await {
            tracing::warn!("failovers under way could not be read: {}", chain(&error));
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

impl Domain {
    /// Begin what is due, and take every failover that is under way one step further. BMCs are waited for all at once.
    ///
    /// # Errors
    /// When the database fails. A step that fails is logged and tried again.
    pub async fn step_failovers(self: &Arc<Self>) -> Result<(), Refusal> {
        self.begin_failovers().await?;
        let mut steps = JoinSet::new();
        for row in self.read(|tx| Ok(failover_list(tx)?)).await? {
            let domain = Arc::clone(self);
            steps.spawn(async move {
                let id = row.server;
                if let Err(error) = domain.step_failover(id).await {
                    tracing::warn!(server.id = %id, "a step of a failover failed and is tried again: {}", chain(&error));
                }
            });
        }
        while steps.join_next().await.is_some() {}
        Ok(())
    }

    async fn step_failover(&self, id: ServerId) -> Result<(), Refusal> {
        let found = self
            .read(move |tx| {
                let (row, server) = (failover_get(tx, id)?, server_get(tx, id)?);
                let waiting = private_server_on_nas_of(tx, id)?;
                Ok(row.zip(server).map(|(row, server)| Dead { row, server, waiting }))
            })
            .await?;
        let Some(dead) = found else { return Ok(()) };
        let name = &dead.server.name;
        if dead.waiting.is_empty() {
            let said = format!("Nothing of {name} waits to be started elsewhere any more.");
            return self.end_failover(&dead, FailoverEvent::Emptied, said).await;
        }
        if self.presence.of(id).connected {
            let said = format!("{name} answers again: what still belongs to it runs there.");
            return self.end_failover(&dead, FailoverEvent::CameBack, said).await;
        }
        match dead.row.stage {
            FailoverStage::Fencing => fencing::step(self, &dead).await,
            FailoverStage::Restarting => restarting::step(self, &dead).await,
            FailoverStage::Over => Ok(()),
        }
    }

    async fn end_failover(&self, dead: &Dead, event: FailoverEvent, said: String) -> Result<(), Refusal> {
        if dead.row.stage.apply(event).is_err() {
            return Ok(());
        }
        let id = dead.server.id;
        self.write(move |tx| Ok(failover_end(tx, id)?)).await?;
        self.fence_tries().remove(&id);
        self.events.server(self.now(), &dead.server.name, "failover", said);
        Ok(())
    }

    /// Say what keeps it from going on, once; whether that is new.
    async fn hold_failover(&self, dead: &Dead, reason: Option<String>) -> Result<bool, Refusal> {
        if dead.row.reason == reason {
            return Ok(false);
        }
        let (id, text) = (dead.server.id, reason.clone());
        self.write(move |tx| Ok(failover_reason(tx, id, text.as_deref())?)).await?;
        if reason.is_some() {
            // Not everybody who hears of the server is told where its BMC is.
            let name = &dead.server.name;
            let said =
                format!("The failover of {name} waits; see for what with: rackwright server show {name}");
            self.events.server(self.now(), name, "failover", said);
        }
        Ok(true)
    }
}
