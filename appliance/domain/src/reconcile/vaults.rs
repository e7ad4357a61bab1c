//! Work on the files of private servers: snapshots and backups. Each job is told to the agent as often as nobody answers, and
//! ends with what the agent says, or at its time limit.

mod discard;
mod end;
mod order;
mod schedule;
mod tidy;

use std::sync::Arc;
use std::time::Duration;

use rackwright_model::JobId;
use rackwright_proto::ToMachine;
use rackwright_proto::vault::{Vault, VaultDone, VaultOrder, VaultSaid, VaultStep};
use rackwright_store::job::{JOB_WAITING, JobRow, job_running, job_step};
use rackwright_store::private_server::{PrivateServer, private_server_get};
use tokio::time::timeout;

use crate::private_server::vault::{Task, Work};
use crate::refusal::chain;
use crate::{Domain, Refusal};
pub use discard::Discarder;
pub use tidy::Tidier;

/// How often the world is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long an agent that says nothing is waited for, in seconds.
const SILENT_S: i64 = 1_800;
/// How long a job that was cancelled waits for the agent's word, in seconds.
const CANCELLING_S: i64 = 300;

pub(super) async fn run(domain: Arc<Domain>) {
    tokio::join!(work(&domain), schedule::run(&domain), discard::run(&domain), tidy::run(&domain));
}

async fn work(domain: &Domain) {
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        if let Err(error) = domain.step_vaults().await {
            tracing::warn!("work on the files of private servers could not be read: {}", chain(&error));
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

/// How a job ended.
enum Ending {
    Done(VaultDone),
    /// `sure`: its agent says so, and that the private server is as it was.
    Failed {
        reason: String,
        sure: bool,
    },
    Cancelled {
        sure: bool,
    },
}

impl Ending {
    /// Nobody knows what was done of it.
    fn unsure(reason: String) -> Self {
        Self::Failed { reason, sure: false }
    }
}

impl Domain {
    /// Take every job on the files of a private server one step further.
    ///
    /// # Errors
    /// When the database fails. A step that fails is logged and tried again.
    pub async fn step_vaults(&self) -> Result<(), Refusal> {
        let mut jobs = self.read(|tx| Ok(job_running(tx)?)).await?;
        // After a restart those first of which agents know; who has waited longest is next.
        jobs.sort_by_key(|job| (job.step == JOB_WAITING, job.id));
        for job in jobs {
            let Some(task) = Task::of(&job) else { continue };
            let id = job.id;
            if let Err(error) = self.step_vault(job, task).await {
                tracing::warn!(job.id = %id, "a step on the files of a private server failed and is tried again: {}", chain(&error));
            }
        }
        Ok(())
    }

    async fn step_vault(&self, job: JobRow, task: Task) -> Result<(), Refusal> {
        let (id, of) = (job.id, task.private_server);
        let Some(row) = self.read(move |tx| Ok(private_server_get(tx, of)?)).await? else {
            let ending = Ending::unsure("its private server is gone".to_owned());
            return self.end_vault(&job, &task, None, ending).await;
        };
        let now = self.now();
        let standing = self.vaults.standing(id, now);
        let waited_s = standing.waited_s;
        match standing.last {
            Some(VaultSaid::Done(done)) => {
                return self.end_vault(&job, &task, Some(&row), Ending::Done(done)).await;
            }
            Some(VaultSaid::Failed { placed, .. }) if job.cancel_asked => {
                let ending = Ending::Cancelled { sure: !placed };
                return self.end_vault(&job, &task, Some(&row), ending).await;
            }
            Some(VaultSaid::Failed { reason, placed }) => {
                let ending = Ending::Failed { reason: crate::report::clean(&reason), sure: !placed };
                return self.end_vault(&job, &task, Some(&row), ending).await;
            }
            Some(VaultSaid::Busy { step, permille }) => self.show_vault(&job, step, permille).await?,
            None => {}
        }
        if job.cancel_asked && (!standing.given || waited_s > limit_s(&task.work) + CANCELLING_S) {
            return self.end_vault(&job, &task, Some(&row), Ending::Cancelled { sure: false }).await;
        }
        let late = if !standing.heard && waited_s > SILENT_S {
            Some(format!("its server did not answer in {SILENT_S} s"))
        } else if waited_s > limit_s(&task.work) {
            Some(format!("it was not done in {} s", limit_s(&task.work)))
        } else {
            None
        };
        if let Some(reason) = late {
            self.tell_vault(&row, id, VaultOrder::End);
            return self.end_vault(&job, &task, Some(&row), Ending::unsure(reason)).await;
        }
        // It has not begun: its limits begin with its turn.
        let waits = job.step == JOB_WAITING && !standing.given && !self.vaults.is_next(&row.wanted);
        if !standing.due || waits {
            return Ok(());
        }
        if job.cancel_asked {
            // The answer comes when it has stopped.
            self.vaults.told(id, now);
            self.tell_vault(&row, id, VaultOrder::End);
            return Ok(());
        }
        match self.vault_order(&row, &task).await? {
            Ok((order, door)) => {
                if self.vaults.give(id, &row.wanted, door, now) {
                    self.note_given(&job).await?;
                    self.tell_vault(&row, id, order);
                }
                Ok(())
            }
            Err(reason) => self.end_vault(&job, &task, Some(&row), Ending::unsure(reason)).await,
        }
    }

    /// Not sent: it is given again.
    fn tell_vault(&self, row: &PrivateServer, job: JobId, order: VaultOrder) {
        let task = Vault { task: job.0.unsigned_abs(), number: row.wanted.number, order };
        self.ports.machines.send_to_agent(row.wanted.server, ToMachine::Vault(Box::new(task)));
    }

    /// Written down before the agent hears of it: what it never heard of, it cannot have made.
    async fn note_given(&self, job: &JobRow) -> Result<(), Refusal> {
        if job.step != JOB_WAITING {
            return Ok(());
        }
        let (id, permille) = (job.id, job.progress_permille);
        self.write(move |tx| Ok(job_step(tx, id, GIVEN, permille)?)).await
    }

    async fn show_vault(&self, job: &JobRow, step: VaultStep, permille: Option<u32>) -> Result<(), Refusal> {
        let (words, permille) = (words(step), permille.unwrap_or(job.progress_permille).min(999));
        if job.step == words && job.progress_permille == permille {
            return Ok(());
        }
        let id = job.id;
        self.write(move |tx| Ok(job_step(tx, id, words, permille)?)).await
    }
}

/// The step of a job of which its server was told.
const GIVEN: &str = "waiting for its server";

fn words(step: VaultStep) -> &'static str {
    match step {
        VaultStep::Keeping => "keeping its files",
        VaultStep::Stopping => "stopping it",
        VaultStep::Sending => "sending to the Control Center",
        VaultStep::Fetching => "fetching from the Control Center",
        VaultStep::Placing => "putting files in place",
        VaultStep::Checking => "restoring and reading all of it",
    }
}

/// Each kind of work has a limit, in seconds.
fn limit_s(work: &Work) -> i64 {
    match work {
        Work::Snapshot { .. } | Work::Discard { .. } | Work::Restore { .. } => 4 * 3_600,
        Work::Backup | Work::RestoreBackup { .. } | Work::RestoreFiles { .. } | Work::Test { .. } => {
            26 * 3_600
        }
    }
}
