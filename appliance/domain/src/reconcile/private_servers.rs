//! Private servers of which not all that is wanted was carried out: their servers are told again. Consoles that nobody reads
//! from are closed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::{Millis, PrivateServerId, ServerId};
use rackwright_proto::ConsoleOrder;
use rackwright_store::private_server::{PrivateServer, private_server_away_list, private_server_behind};
use tokio::time::{MissedTickBehavior, interval};

use crate::refusal::chain;
use crate::{Domain, Refusal};

const TICK: Duration = Duration::from_secs(5);
/// How long a server has to carry out what it was told before it is told again.
const AGAIN_MS: i64 = 30_000;

pub(super) async fn run(domain: Arc<Domain>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reminder = Reminder::default();
    loop {
        ticks.tick().await;
        if let Err(error) = reminder.tick(&domain).await {
            tracing::warn!("private servers that wait could not be read: {}", chain(&error));
        }
    }
}

/// Remembers since when each generation waits to be carried out.
#[derive(Default)]
pub struct Reminder {
    waiting: HashMap<PrivateServerId, (u64, Millis)>,
}

impl Reminder {
    /// Tell again what was told half a minute ago and is not carried out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tick(&mut self, domain: &Domain) -> Result<(), Refusal> {
        let now = domain.now();
        for (console, server) in domain.consoles.sweep(now) {
            domain.order_console(server, console, ConsoleOrder::Close);
        }
        let behind = domain.read(|tx| Ok(private_server_behind(tx)?)).await?;
        self.waiting.retain(|id, _| behind.iter().any(|row| row.id == *id));
        let mut due: HashMap<ServerId, Vec<PrivateServer>> = HashMap::new();
        for row in behind {
            let (generation, since) = self.waiting.entry(row.id).or_insert((row.generation, now));
            if *generation != row.generation {
                (*generation, *since) = (row.generation, now);
            } else if now.since(*since) >= AGAIN_MS {
                *since = now;
                due.entry(row.wanted.server).or_default().push(row);
            }
        }
        for (server, rows) in due {
            domain.tell_private_servers(server, rows).await;
        }
        for away in domain.read(|tx| Ok(private_server_away_list(tx)?)).await? {
            if away.seen_now().is_none() {
                domain.send_wanted(away.server, vec![away.wanted]);
            }
        }
        Ok(())
    }
}
