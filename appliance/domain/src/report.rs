//! What machines say: from the provisioning environment, from an enrolment, from a managed agent.
//!
//! Attacker's input: everything here comes from machines that nobody trusts yet; frames are bounded by the protocol,
//! and texts are cut to what a screen can use.

mod agent;
mod enrol;
mod hello;
mod inventory;
pub(crate) mod private_servers;
mod progress;
mod written;

use std::net::Ipv4Addr;

use rackwright_model::InstallId;
use rackwright_proto::private::OUTPUT;
use rackwright_proto::{FromMachine, ToMachine};
use rackwright_store::Connection;
use rackwright_store::install::{InstallRow, install_get};
use rackwright_store::server::{Server, server_get};

use crate::{Domain, Refusal};

/// Bytes of a machine's text that are kept.
const TEXT: usize = 2_000;

impl Domain {
    /// A frame of a session of the provisioning environment, after its hello.
    ///
    /// # Errors
    /// When the machine says what does not belong to it; its session is then ended with the sentence.
    pub async fn machine_said(
        &self,
        peer: Ipv4Addr,
        boot: &str,
        message: FromMachine,
    ) -> Result<Option<ToMachine>, Refusal> {
        match message {
            FromMachine::Inventory { inventory } => self.report_inventory(peer, boot, inventory).await,
            FromMachine::Stage { install, stage, detail } => {
                self.report_stage(boot, install, stage, detail).await
            }
            FromMachine::Progress { install, done, total } => {
                self.report_progress(boot, install, done, total).await
            }
            FromMachine::Log { install, line } => self.report_log(boot, install, line).await,
            FromMachine::Written { install } => self.report_written(boot, install).await,
            FromMachine::InstallFailed { install, failure } => {
                self.report_failure(boot, install, failure).await
            }
            // It confirms the order to restart, and goes.
            FromMachine::CommandDone { error, .. } => {
                if let Some(error) = error {
                    tracing::warn!(peer.address = %peer, "a machine does not restart: {}", clean(&error));
                }
                Ok(None)
            }
            FromMachine::Provision(_)
            | FromMachine::Enrol { .. }
            | FromMachine::Agent(_)
            | FromMachine::Heartbeat(_)
            | FromMachine::Room(_)
            | FromMachine::PrivateServers { .. }
            | FromMachine::Usage(_)
            | FromMachine::ExecDone(_)
            | FromMachine::Console(_)
            | FromMachine::Inside(_)
            | FromMachine::Transfer(_)
            | FromMachine::Vault(_) => Err(out_of_place("the provisioning environment")),
        }
    }
}

fn out_of_place(session: &str) -> Refusal {
    crate::refusal::conflict(
        "take a machine's report",
        format!("this message does not belong in a session of {session}"),
        "Use an agent of the Control Center's version.",
    )
    .into()
}

/// The install that this boot was given, while it is under way.
fn own_install(tx: &Connection, boot: &str, id: InstallId) -> Result<Option<(InstallRow, Server)>, Refusal> {
    let Some(install) = install_get(tx, id)? else { return Ok(None) };
    if install.boot.as_deref() != Some(boot) || install.ended_at.is_some() {
        return Ok(None);
    }
    let server = server_get(tx, install.server)?;
    Ok(server.map(|server| (install, server)))
}

/// A machine's text, cut to size and without control characters that could disturb a terminal.
pub(crate) fn clean(text: &str) -> String {
    let end = text.floor_char_boundary(TEXT);
    text[..end].chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect()
}

/// What a command wrote, cut to size. Lines stay lines; whoever shows it sees to other control characters.
pub(crate) fn clean_output(text: &str) -> String {
    text[..text.floor_char_boundary(OUTPUT)].to_owned()
}
