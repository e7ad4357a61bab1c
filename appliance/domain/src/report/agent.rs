//! Sessions of managed agents.

use std::net::Ipv4Addr;

use rackwright_model::{BootRecord, BootStage, ServerId};
use rackwright_proto::{AgentHello, FromMachine, ToMachine, VERSION};
use rackwright_store::boot_record::boot_record_put;
use rackwright_store::certificate::certificate_server;
use rackwright_store::server::{AgentFacts, server_get, server_seen, server_set_address, server_set_agent};

use super::{clean, out_of_place};
use crate::refusal::conflict;
use crate::{Domain, Refusal};

impl Domain {
    /// An agent opened a session with the certificate of this fingerprint (SHA-256 of the DER, in hexadecimal).
    ///
    /// # Errors
    /// When the certificate is unknown or revoked, or the agent speaks another version.
    pub async fn agent_hello(
        &self,
        certificate: &str,
        peer: Ipv4Addr,
        hello: AgentHello,
    ) -> Result<(ServerId, ToMachine), Refusal> {
        let refuse =
            |reason: String| conflict("take an agent's session", reason, "Install the server again.");
        if hello.version != VERSION {
            return Err(refuse(format!(
                "it speaks version {} of the protocol, not {VERSION}",
                hello.version
            ))
            .into());
        }
        let at = self.now();
        let certificate = certificate.to_owned();
        let facts = AgentFacts {
            version: clean(&hello.agent_version),
            boot_id: clean(&hello.boot_id),
            kernel: clean(&hello.kernel),
            os: clean(&hello.os),
        };
        let detail = format!("agent {} on kernel {}", facts.version, facts.kernel);
        let server = self
            .write(move |tx| {
                let id = certificate_server(tx, &certificate)?
                    .ok_or_else(|| refuse("its certificate is not known or was revoked".to_owned()))?;
                let server = server_get(tx, id)?.ok_or_else(|| refuse("its server is gone".to_owned()))?;
                server_set_agent(tx, id, &facts)?;
                server_set_address(tx, id, peer)?;
                server_seen(tx, id, at)?;
                boot_record_put(tx, id, &BootRecord { stage: BootStage::Agent, at, detail })?;
                Ok(server)
            })
            .await?;
        self.presence.connected(server.id, true);
        self.presence.echo(server.id, at);
        self.events.server(at, &server.name, "agent", format!("The agent of {} is connected.", server.name));
        self.tell_all_private_servers(server.id).await;
        self.private_servers_in_sight(server.id, true).await;
        self.changed.notify_waiters();
        Ok((server.id, ToMachine::Welcome { name: server.name.to_string() }))
    }

    /// A frame of a managed agent, after its hello.
    ///
    /// # Errors
    /// When the message does not belong there.
    pub async fn agent_said(
        &self,
        server: ServerId,
        message: FromMachine,
    ) -> Result<Option<ToMachine>, Refusal> {
        match message {
            FromMachine::Heartbeat(heartbeat) => {
                let at = self.now();
                self.presence.heartbeat(server, at, heartbeat);
                if let Some(name) = self.name_of(server).await {
                    self.events.server(at, &name, "load", "");
                }
                Ok(Some(ToMachine::Heard))
            }
            FromMachine::CommandDone { error, .. } => {
                if let (Some(error), Some(name)) = (error, self.name_of(server).await) {
                    let text = format!("{name} could not do as it was told: {}", clean(&error));
                    self.events.server(self.now(), &name, "agent", text);
                }
                Ok(None)
            }
            FromMachine::Room(room) => self.report_room(server, room).await.map(|()| None),
            FromMachine::PrivateServers { seen } => {
                self.report_private_servers(server, seen).await.map(|()| None)
            }
            FromMachine::Usage(batch) => self.report_usage(server, batch).await.map(Some),
            FromMachine::ExecDone(done) => {
                self.execs.done(server, done.command, done);
                Ok(None)
            }
            FromMachine::Inside(done) => {
                self.asks.done(server, done.ask, done.result);
                Ok(None)
            }
            FromMachine::Console(output) => {
                self.consoles.wrote(server, output);
                Ok(None)
            }
            FromMachine::Transfer(news) => {
                self.transfers.heard(server, news);
                self.changed.notify_waiters();
                Ok(None)
            }
            FromMachine::Vault(news) => {
                self.vaults.heard(server, news, self.now());
                self.changed.notify_waiters();
                Ok(None)
            }
            FromMachine::Provision(_)
            | FromMachine::Inventory { .. }
            | FromMachine::Stage { .. }
            | FromMachine::Progress { .. }
            | FromMachine::Log { .. }
            | FromMachine::Written { .. }
            | FromMachine::InstallFailed { .. }
            | FromMachine::Enrol { .. }
            | FromMachine::Agent(_) => Err(out_of_place("a managed agent")),
        }
    }

    /// The agent's session ended.
    pub async fn agent_gone(&self, server: ServerId) {
        self.presence.connected(server, false);
        self.execs.gone(server);
        self.asks.gone(server);
        self.consoles.gone(server);
        self.private_servers_in_sight(server, false).await;
        let at = self.now();
        if let Err(error) = self.write(move |tx| Ok(server_seen(tx, server, at)?)).await {
            tracing::warn!(server.id = %server, "the time of the last sign of life was not recorded: {error}");
        }
        if let Some(name) = self.name_of(server).await {
            self.events.server(at, &name, "agent", format!("The agent of {name} is gone."));
        }
        self.changed.notify_waiters();
    }

    async fn name_of(&self, server: ServerId) -> Option<rackwright_model::Name> {
        self.read(move |tx| Ok(server_get(tx, server)?)).await.ok().flatten().map(|server| server.name)
    }
}
