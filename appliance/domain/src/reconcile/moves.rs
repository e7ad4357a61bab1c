//! Moves of private servers: one file per kind of stage. A step returns what has happened; only [`Domain::advance_move`] writes stages.
//!
//! Whoever's record names the server runs the private server, and that changes in one transaction, while it stands still on
//! both. So there is never a second copy that runs, whatever breaks off in between.

mod arriving;
mod end;
mod preparing;
mod sending;
mod stopping;

use std::sync::Arc;
use std::time::Duration;

use rackwright_model::PrivateServerId;
use rackwright_model::private_server::{MoveEvent, MoveStage};
use rackwright_proto::ToMachine;
use rackwright_store::Connection;
use rackwright_store::job::{JobRow, job_get, job_log, job_step};
use rackwright_store::private_server::{
    Away, MoveRow, PrivateServer, private_server_away_get, private_server_get, private_server_move_get,
    private_server_move_list, private_server_move_of, private_server_move_step, private_server_touch,
};
use rackwright_store::server::{Server, server_get};
use tokio::time::timeout;

pub(super) use end::gone;

use crate::private_server::transfers::{Ends, Next, Until};
use crate::refusal::chain;
use crate::{Domain, Refusal};

/// What a step of a stage found.
enum Outcome {
    /// Not yet; per mille of the stage, where that is known.
    Wait(Option<u32>),
    Advance(MoveEvent),
    Fail(String),
}

/// How often the world is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Moves away from one server that copy at one time.
const AT_ONE_TIME: usize = 2;

/// All that a step looks at.
struct Moving {
    row: MoveRow,
    job: JobRow,
    server: PrivateServer,
    /// The one that it goes to.
    target: Server,
    /// What the target has of it, before it belongs there.
    there: Option<Away>,
}

pub(super) async fn run(domain: Arc<Domain>) {
    loop {
        let changed = Arc::clone(&domain.changed);
        let woken = changed.notified();
        if let Err(error) = domain.step_moves().await {
            tracing::warn!("moves under way could not be read: {}", chain(&error));
        }
        drop(timeout(LOOK_EVERY, woken).await);
    }
}

impl Domain {
    /// Take every move that is under way one step further, as far as that can be done now.
    ///
    /// # Errors
    /// When the database fails. A step that fails is logged and tried again.
    pub async fn step_moves(&self) -> Result<(), Refusal> {
        let rows = self.read(|tx| Ok(private_server_move_list(tx)?)).await?;
        for (at, row) in rows.iter().enumerate() {
            let earlier = rows[..at].iter().filter(|other| other.from == row.from).count();
            if row.stage == MoveStage::Preparing && earlier >= AT_ONE_TIME {
                continue;
            }
            if let Err(error) = self.step_move(row.clone()).await {
                tracing::warn!(job.id = %row.job, "a step of a move failed and is tried again: {}", chain(&error));
            }
        }
        Ok(())
    }

    /// A move that cannot go on: its private server stays where its record says that it is.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn abandon_move(
        &self,
        private_server: PrivateServerId,
        reason: &str,
    ) -> Result<(), Refusal> {
        let moving = self
            .read(move |tx| match private_server_move_of(tx, private_server)? {
                Some(row) => look(tx, row),
                None => Ok(None),
            })
            .await?;
        match moving {
            Some(moving) => self.abort_move(&moving, reason, false).await,
            None => Ok(()),
        }
    }

    async fn step_move(&self, row: MoveRow) -> Result<(), Refusal> {
        let Some(moving) = self.read(move |tx| look(tx, row)).await? else { return Ok(()) };
        let stage = moving.row.stage;
        if moving.job.cancel_asked && stage.apply(MoveEvent::Abort).is_ok() {
            return self.abort_move(&moving, "it was cancelled", true).await;
        }
        let outcome = match stage {
            MoveStage::Preparing => preparing::step(self, &moving),
            MoveStage::Copying | MoveStage::Finishing => sending::step(self, &moving),
            MoveStage::Stopping => stopping::step(self, &moving),
            MoveStage::Arriving => arriving::step(&moving),
            MoveStage::Done | MoveStage::Aborted => Outcome::Wait(None),
        };
        match outcome {
            Outcome::Wait(permille) => self.wait_for_move(&moving, permille).await,
            Outcome::Advance(event) => self.advance_move(&moving, event).await,
            Outcome::Fail(reason) => self.abort_move(&moving, &reason, false).await,
        }
    }

    /// Every stage has a time limit; at its end the move says what it waited for.
    async fn wait_for_move(&self, moving: &Moving, permille: Option<u32>) -> Result<(), Refusal> {
        let stage = moving.row.stage;
        let waited_s = self.now().since(moving.row.stage_since) / 1_000;
        if waited_s > stage.limit_s() {
            let reason = format!("{} took more than {} s", stage.title(), stage.limit_s());
            return self.abort_move(moving, &reason, false).await;
        }
        let Some(permille) = permille else { return Ok(()) };
        let (job, shown) = (moving.row.job, progress(stage, permille));
        if moving.job.progress_permille == shown {
            return Ok(());
        }
        self.write(move |tx| Ok(job_step(tx, job, stage.title(), shown)?)).await
    }

    /// Move on from where the step saw it.
    async fn advance_move(&self, moving: &Moving, event: MoveEvent) -> Result<(), Refusal> {
        let (job, seen, at) = (moving.row.job, moving.row.stage, self.now());
        let Ok(next) = seen.apply(event) else { return Ok(()) };
        if let MoveEvent::Passed { pass, ms } = event {
            let log = format!("pass {pass} took {}.{} s", ms / 1_000, ms % 1_000 / 100);
            self.write(move |tx| Ok(job_log(tx, job, at, &log)?)).await?;
        }
        if matches!(next, MoveStage::Copying | MoveStage::Stopping) && seen == MoveStage::Copying {
            self.transfers.another_pass(job);
        }
        if next == seen {
            return Ok(());
        }
        if next == MoveStage::Arriving {
            return self.hand_over(moving).await;
        }
        if next == MoveStage::Done {
            return self.complete_move(moving).await;
        }
        let held = seen.holds_the_source() != next.holds_the_source();
        let name = moving.server.wanted.name.clone();
        let id = moving.server.id;
        let told = self
            .write(move |tx| {
                if private_server_move_get(tx, job)?.is_none_or(|row| row.stage != seen) {
                    return Ok(None);
                }
                private_server_move_step(tx, job, next, at)?;
                job_step(tx, job, next.title(), progress(next, 0))?;
                if held {
                    private_server_touch(tx, &name)?;
                }
                Ok(private_server_get(tx, id)?)
            })
            .await?;
        if let Some(row) = told.filter(|_| held) {
            self.tell_private_server(&row).await;
        }
        self.changed.notify_waiters();
        Ok(())
    }

    /// How far a transfer is, with what it needs next ordered.
    fn transfer(&self, moving: &Moving, until: Until) -> Next {
        let ends = Ends {
            number: moving.server.wanted.number,
            from: moving.row.from,
            to: moving.row.to,
            there: moving.target.address,
        };
        let chance = self.ports.chance.as_ref();
        let give = |server, order| {
            // Not sent: it is given again.
            self.ports.machines.send_to_agent(server, ToMachine::Transfer(order));
        };
        self.transfers.next(moving.row.job, ends, until, self.now(), chance, &give)
    }
}

fn look(tx: &Connection, row: MoveRow) -> Result<Option<Moving>, Refusal> {
    // It may have come further since the list was read.
    let Some(row) = private_server_move_get(tx, row.job)?.filter(|row| !row.stage.is_over()) else {
        return Ok(None);
    };
    let (job, server, target) =
        (job_get(tx, row.job)?, private_server_get(tx, row.private_server)?, server_get(tx, row.to)?);
    let (Some(job), Some(server), Some(target)) = (job, server, target) else { return Ok(None) };
    let there = private_server_away_get(tx, row.to, server.wanted.number)?;
    Ok(Some(Moving { row, job, server, target, there }))
}

/// Per mille of the whole move: most of it is the copying.
fn progress(stage: MoveStage, permille: u32) -> u32 {
    let (from, share) = match stage {
        MoveStage::Preparing => (0, 100),
        MoveStage::Copying => (100, 700),
        MoveStage::Stopping => (800, 50),
        MoveStage::Finishing => (850, 100),
        MoveStage::Arriving => (950, 50),
        MoveStage::Done | MoveStage::Aborted => (1_000, 0),
    };
    from + permille.min(1_000) * share / 1_000
}
