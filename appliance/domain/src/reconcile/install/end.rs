//! How an install ends: with a live agent, or with a reason. Job, install and server move in one transaction.

use rackwright_catalog::event::{SERVER_INSTALLED, SERVER_NOT_INSTALLED};
use rackwright_model::job::JobState;
use rackwright_model::{InstallEvent, ServerEvent, ServerState};
use rackwright_proto::ToMachine;
use rackwright_store::install::{InstallRow, install_get, install_set_phase};
use rackwright_store::job::{job_end, job_log};
use rackwright_store::server::{Server, server_get, server_set_profile};
use serde_json::json;

use crate::publish::happened;
use crate::{Domain, Refusal};

/// An end without a live agent.
pub(crate) struct Ending {
    pub event: InstallEvent,
    pub reason: String,
    pub advice: String,
    /// Whether the system that was on the disk may be damaged.
    pub disk_touched: bool,
}

impl Ending {
    pub(super) fn failed(install: &InstallRow, reason: String, advice: String) -> Self {
        Self { event: InstallEvent::Fail, reason, advice, disk_touched: install.phase.touched_the_disk() }
    }

    pub(super) fn cancelled(install: &InstallRow) -> Self {
        let disk_touched = install.phase.touched_the_disk();
        let advice = if disk_touched {
            "The disk is incomplete: install the server again."
        } else {
            "The disk was not touched."
        };
        Self {
            event: InstallEvent::Cancel,
            reason: "it was cancelled.".to_owned(),
            advice: advice.to_owned(),
            disk_touched,
        }
    }

    fn sentence(&self) -> String {
        format!("{} {}", self.reason.trim_end(), self.advice).trim_end().to_owned()
    }
}

impl Domain {
    /// End an install that is still under way.
    pub(crate) async fn end_install(
        &self,
        install: &InstallRow,
        server: &Server,
        ending: Ending,
    ) -> Result<(), Refusal> {
        if let Some(boot) = &install.boot {
            let abort = ToMachine::Abort { install: install.id, reason: ending.reason.clone() };
            self.ports.machines.send_to_boot(boot, abort);
        }
        let (id, at) = (install.id, self.now());
        let sentence = ending.sentence();
        let text = sentence.clone();
        let ended = self
            .write(move |tx| {
                let Some(install) = install_get(tx, id)? else { return Ok(false) };
                let Ok(next) = install.phase.apply(ending.event) else { return Ok(false) };
                install_set_phase(tx, id, next, Some(&sentence), at)?;
                let state =
                    if ending.event == InstallEvent::Cancel { JobState::Cancelled } else { JobState::Failed };
                job_log(tx, install.job, at, &sentence)?;
                job_end(tx, install.job, state, Some(&sentence), at)?;
                if let Some(server) =
                    server_get(tx, install.server)?.filter(|server| server.state == ServerState::Installing)
                {
                    // An installed system that was not touched is still there; monitoring finds out whether it answers.
                    let event = if ending.disk_touched {
                        ServerEvent::InstallFailed
                    } else if server.agent.is_some() {
                        ServerEvent::InstallWithdrawn
                    } else if ending.event == InstallEvent::Cancel {
                        ServerEvent::InstallUndone
                    } else {
                        ServerEvent::InstallFailed
                    };
                    crate::server::step(tx, &server, event, Some(&sentence), "end an install")?;
                    let object = json!({"server": server.name, "job": install.job});
                    happened(tx, at, SERVER_NOT_INSTALLED, server.account, object, Some(&sentence))?;
                }
                Ok(true)
            })
            .await?;
        if ended {
            let word = if ending.event == InstallEvent::Cancel { "was cancelled" } else { "failed" };
            self.events.server(
                at,
                &server.name,
                "state",
                format!("Installing {} {word}: {text}", server.name),
            );
            self.changed.notify_waiters();
        }
        Ok(())
    }

    /// The agent of the installed system is live.
    pub(super) async fn complete_install(
        &self,
        install: &InstallRow,
        server: &Server,
    ) -> Result<(), Refusal> {
        let (id, at) = (install.id, self.now());
        let done = self
            .write(move |tx| {
                let Some(install) = install_get(tx, id)? else { return Ok(None) };
                let Ok(next) = install.phase.apply(InstallEvent::AgentLive) else { return Ok(None) };
                let Some(server) = server_get(tx, install.server)? else { return Ok(None) };
                install_set_phase(tx, id, next, None, at)?;
                crate::server::step(tx, &server, ServerEvent::InstallDone, None, "complete an install")?;
                server_set_profile(tx, server.id, &install.profile_name)?;
                let object = json!({"server": server.name, "job": install.job});
                happened(tx, at, SERVER_INSTALLED, server.account, object, None)?;
                let seconds = at.since(install.started_at) / 1_000;
                job_log(
                    tx,
                    install.job,
                    at,
                    &format!("the agent is live, {seconds} s after the install was ordered"),
                )?;
                job_end(tx, install.job, JobState::Succeeded, None, at)?;
                Ok(Some(seconds))
            })
            .await?;
        if let Some(seconds) = done {
            self.events.server(
                at,
                &server.name,
                "state",
                format!("{} is online, {seconds} s after its install was ordered.", server.name),
            );
        }
        Ok(())
    }
}
