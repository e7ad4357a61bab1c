//! Who is alive: agent heartbeats and ICMP echo. A server that misses both turns unreachable, and comes back by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rackwright_catalog::event::{SERVER_ONLINE, SERVER_UNREACHABLE};
use rackwright_model::{ServerEvent, ServerId, ServerState};
use rackwright_store::server::{Server, server_get, server_list, server_seen};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::private_server::happenings;
use crate::publish::happened;
use crate::refusal::chain;
use crate::{Domain, Refusal};

/// How often servers are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often a server is pinged.
const PING_EVERY_MS: i64 = 3_000;
/// How long an echo may take.
const PING_LIMIT: Duration = Duration::from_millis(1_500);
/// Echo requests under way at once.
const PINGS: usize = 256;
/// Silence after which a server is unreachable: below the 15 s that are promised, above two heartbeats.
const SILENT_MS: i64 = 12_000;

pub(super) async fn run(domain: Arc<Domain>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pings: JoinSet<()> = JoinSet::new();
    let mut pinged: HashMap<ServerId, i64> = HashMap::new();
    loop {
        ticks.tick().await;
        while pings.try_join_next().is_some() {}
        let watched = domain
            .read(|tx| {
                let mut servers = server_list(tx, ServerState::Online)?;
                servers.extend(server_list(tx, ServerState::Unreachable)?);
                Ok(servers)
            })
            .await;
        let servers = match watched {
            Ok(servers) => servers,
            Err(error) => {
                tracing::warn!("servers could not be read for monitoring: {}", chain(&error));
                continue;
            }
        };
        let now = domain.now().0;
        for server in &servers {
            let due = pinged.get(&server.id).is_none_or(|last| now - last >= PING_EVERY_MS);
            if due
                && pings.len() < PINGS
                && let Some(address) = server.address
            {
                pinged.insert(server.id, now);
                let (domain, id) = (Arc::clone(&domain), server.id);
                pings.spawn(async move {
                    if domain.ports.ping.answers(address, PING_LIMIT).await {
                        domain.presence.echo(id, domain.now());
                    }
                });
            }
            if let Err(error) = domain.judge(server).await {
                tracing::warn!(server.name = %server.name, "a change of reachability was not recorded: {}", chain(&error));
            }
        }
        pinged.retain(|id, _| servers.iter().any(|server| server.id == *id));
    }
}

impl Domain {
    /// Move a server between online and unreachable.
    async fn judge(&self, server: &Server) -> Result<(), Refusal> {
        let now = self.now();
        let silent_ms = now.since(self.presence.last_sign(server.id));
        let heard = self.presence.last_heard(server.id).is_some_and(|at| now.since(at) <= SILENT_MS);
        let (event, reason, said, occurrence) = match server.state {
            ServerState::Online if silent_ms > SILENT_MS => {
                let reason =
                    format!("Neither its agent nor its address has answered for {} s.", silent_ms / 1_000);
                (ServerEvent::Silent, Some(reason), "is unreachable", SERVER_UNREACHABLE)
            }
            ServerState::Unreachable if heard => (ServerEvent::Heard, None, "is online again", SERVER_ONLINE),
            _ => return Ok(()),
        };
        let id = server.id;
        let last = self.presence.last_heard(id);
        self.write(move |tx| {
            let Some(server) = server_get(tx, id)? else { return Ok(()) };
            // An install may have begun since we looked.
            if server.state.apply(event).is_ok() {
                crate::server::step(tx, &server, event, reason.as_deref(), "watch a server")?;
                let object = json!({"server": server.name});
                happened(tx, now, occurrence, server.account, object, reason.as_deref())?;
                happenings::reach(tx, now, id, event == ServerEvent::Heard)?;
            }
            if let Some(at) = last {
                server_seen(tx, id, at)?;
            }
            Ok(())
        })
        .await?;
        self.events.server(now, &server.name, "state", format!("{} {said}.", server.name));
        Ok(())
    }
}
