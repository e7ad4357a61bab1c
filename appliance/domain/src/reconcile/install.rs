//! Installs: one file per phase. A step returns what is to happen; only [`Domain::advance`] and [`Domain::end_install`]
//! write phases.

mod awaiting;
mod booting;
mod checking;
mod end;
mod restarting;
mod writing;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::{InstallEvent, InstallId, InstallPhase};
use rackwright_store::boot_record::boot_record_list;
use rackwright_store::install::{InstallRow, install_active, install_get, install_set_phase};
use rackwright_store::job::{job_get, job_log, job_step};
use rackwright_store::server::{Server, server_get};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::refusal::chain;
use crate::{Domain, Refusal};
pub(crate) use end::Ending;

/// What a step of a phase found.
enum Outcome {
    /// Not yet; look again.
    Wait,
    Advance {
        event: InstallEvent,
        /// For the job: what happens next.
        step: &'static str,
        log: String,
    },
    /// Done: the agent is live.
    Live,
    Fail {
        reason: String,
        advice: String,
    },
}

/// How often the world is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) async fn run(domain: Arc<Domain>) {
    let mut steps: JoinSet<InstallId> = JoinSet::new();
    let mut under_way: HashSet<InstallId> = HashSet::new();
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        while let Some(done) = steps.try_join_next() {
            match done {
                Ok(id) => drop(under_way.remove(&id)),
                // A step that panicked is our mistake; the others go on, and its install meets its time limit.
                Err(error) => tracing::error!("a step of an install broke off: {error}"),
            }
        }
        match domain.read(|tx| Ok(install_active(tx)?)).await {
            Ok(active) => {
                for install in active {
                    if under_way.insert(install.id) {
                        let domain = Arc::clone(&domain);
                        steps.spawn(async move {
                            let id = install.id;
                            if let Err(error) = domain.step_install(install).await {
                                tracing::warn!(install.id = %id, "a step of an install failed and is tried again: {}", chain(&error));
                            }
                            id
                        });
                    }
                }
            }
            Err(error) => tracing::warn!("installs under way could not be read: {}", chain(&error)),
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

impl Domain {
    async fn step_install(&self, install: InstallRow) -> Result<(), Refusal> {
        let (server_id, job_id) = (install.server, install.job);
        let (server, job) =
            self.read(move |tx| Ok((server_get(tx, server_id)?, job_get(tx, job_id)?))).await?;
        let Some(server) = server else { return Ok(()) };
        if job.is_some_and(|job| job.cancel_asked) {
            let ending = Ending::cancelled(&install);
            return self.end_install(&install, &server, ending).await;
        }
        let outcome = match install.phase {
            InstallPhase::Checking => checking::step(self, &install, &server).await?,
            InstallPhase::Booting => booting::step(self, &install, &server).await?,
            InstallPhase::Awaiting => awaiting::step(self, &install, &server).await?,
            InstallPhase::Writing => writing::step(self, &install, &server).await?,
            InstallPhase::Restarting => restarting::step(self, &install, &server),
            InstallPhase::Done | InstallPhase::Failed | InstallPhase::Cancelled => Outcome::Wait,
        };
        match outcome {
            Outcome::Wait => self.limit(&install, &server).await,
            Outcome::Advance { event, step, log } => self.advance(&install, event, step, log).await,
            Outcome::Live => self.complete_install(&install, &server).await,
            Outcome::Fail { reason, advice } => {
                let ending = Ending::failed(&install, reason, advice);
                self.end_install(&install, &server, ending).await
            }
        }
    }

    /// Move an install that is still where the step saw it.
    async fn advance(
        &self,
        install: &InstallRow,
        event: InstallEvent,
        step: &'static str,
        log: String,
    ) -> Result<(), Refusal> {
        let (id, seen, at) = (install.id, install.phase, self.now());
        self.write(move |tx| {
            let Some(install) = install_get(tx, id)?.filter(|install| install.phase == seen) else {
                return Ok(());
            };
            let Ok(next) = install.phase.apply(event) else { return Ok(()) };
            install_set_phase(tx, id, next, None, at)?;
            job_step(tx, install.job, step, 50)?;
            Ok(job_log(tx, install.job, at, &log)?)
        })
        .await?;
        self.changed.notify_waiters();
        Ok(())
    }

    /// Every phase has a time limit; at its end the install says where the machine stopped.
    async fn limit(&self, install: &InstallRow, server: &Server) -> Result<(), Refusal> {
        let waited_s = self.now().since(install.phase_since) / 1_000;
        if waited_s <= install.phase.limit_s() {
            return Ok(());
        }
        let id = server.id;
        let last = self.read(move |tx| Ok(boot_record_list(tx, id)?)).await?.pop();
        let (reached, advice) = match &last {
            Some(record) => (format!("it got as far as: {}", record.stage.title()), record.stage.advice()),
            None => ("it never asked for an address".to_owned(), rackwright_model::BootStage::Power.advice()),
        };
        let reason = format!("{} for {waited_s} s, and {reached}", waiting_for(install.phase));
        let ending = Ending::failed(install, reason, advice.to_owned());
        self.end_install(install, server, ending).await
    }
}

fn waiting_for(phase: InstallPhase) -> &'static str {
    match phase {
        InstallPhase::Checking => "the image was being checked",
        InstallPhase::Booting => "the BMC was asked to start the machine",
        InstallPhase::Awaiting => "the provisioning environment was waited for",
        InstallPhase::Writing => "the machine was writing its disk",
        InstallPhase::Restarting => "the agent of the installed system was waited for",
        InstallPhase::Done | InstallPhase::Failed | InstallPhase::Cancelled => "nothing was waited for",
    }
}
