//! How a move ends: handed over, or taken back.

use rackwright_catalog::event::{Occurrence, PRIVATE_SERVER_MOVED, PRIVATE_SERVER_NOT_MOVED};
use rackwright_model::job::JobState;
use rackwright_model::private_server::{Intent, MoveEvent, MoveStage, RootAccess, Wanted};
use rackwright_proto::ToMachine;
use rackwright_store::Connection;
use rackwright_store::job::{job_end, job_log, job_step};
use rackwright_store::private_server::{
    MoveRow, PrivateServer, private_server_away_delete, private_server_away_get, private_server_away_put,
    private_server_get, private_server_move_get, private_server_move_step, private_server_place,
    private_server_touch,
};

use super::{Moving, progress};
use crate::private_server::happenings;
use crate::{Domain, Refusal};

impl Domain {
    /// From now on it belongs to the target; what is left at the source goes.
    pub(super) async fn hand_over(&self, moving: &Moving) -> Result<(), Refusal> {
        let (row, at) = (moving.row.clone(), self.now());
        let site = self.site.clone();
        let handed = self
            .write(move |tx| {
                if !is_at(tx, &row)? {
                    return Ok(None);
                }
                private_server_place(tx, row.private_server, row.to)?;
                // Before it is read: what is wanted of it follows from the stage.
                private_server_move_step(tx, row.job, MoveStage::Arriving, at)?;
                let Some(server) = private_server_get(tx, row.private_server)? else { return Ok(None) };
                private_server_away_delete(tx, row.to, server.wanted.number)?;
                let ground = crate::private_server::Ground::read(tx)?;
                let wanted = crate::private_server::wanted(&site, server.clone(), &ground);
                private_server_away_put(tx, row.from, &gone(wanted))?;
                job_step(tx, row.job, MoveStage::Arriving.title(), progress(MoveStage::Arriving, 0))?;
                job_log(tx, row.job, at, &format!("it belongs to {} now", server.server_name))?;
                Ok(Some(server))
            })
            .await?;
        let Some(server) = handed else { return Ok(()) };
        self.end_transfer(moving);
        self.tell_private_server(&server).await;
        self.tell_away(moving.row.from).await;
        self.changed.notify_waiters();
        Ok(())
    }

    /// It is where it should be.
    pub(super) async fn complete_move(&self, moving: &Moving) -> Result<(), Refusal> {
        let (row, at) = (moving.row.clone(), self.now());
        let (still, server) = (row.stopped_at.map(|stopped| at.since(stopped)), moving.server.clone());
        let done = self
            .write(move |tx| {
                if !is_at(tx, &row)? {
                    return Ok(false);
                }
                private_server_move_step(tx, row.job, MoveStage::Done, at)?;
                if let Some(ms) = still {
                    let log = format!("it stood still for {}.{} s", ms / 1_000, ms % 1_000 / 100);
                    job_log(tx, row.job, at, &log)?;
                }
                job_end(tx, row.job, JobState::Succeeded, None, at)?;
                happenings::tell(tx, at, PRIVATE_SERVER_MOVED, &server, None)?;
                Ok(true)
            })
            .await?;
        if done {
            let said = format!("{} was moved.", moving.server.wanted.name);
            self.events.private_server(at, &moving.server, said);
            self.changed.notify_waiters();
        }
        Ok(())
    }

    /// It stays where it was, or, when it belongs to the target already, the job ends with what is not well there.
    pub(super) async fn abort_move(
        &self,
        moving: &Moving,
        reason: &str,
        cancelled: bool,
    ) -> Result<(), Refusal> {
        let (row, at, reason) = (moving.row.clone(), self.now(), reason.to_owned());
        let stays = row.stage.apply(MoveEvent::Abort).is_ok();
        let sentence = if stays {
            format!("{reason}. {} stays on {}.", moving.server.wanted.name, moving.server.server_name)
        } else {
            format!(
                "{reason}. {} belongs to {} now; see what keeps it from starting there with: rackwright private-server show {}",
                moving.server.wanted.name, moving.target.name, moving.server.wanted.name
            )
        };
        let (text, before) = (sentence.clone(), moving.server.clone());
        let ended = self
            .write(move |tx| {
                if !is_at(tx, &row)? {
                    return Ok(None);
                }
                let next = if stays { MoveStage::Aborted } else { MoveStage::Done };
                private_server_move_step(tx, row.job, next, at)?;
                let state = if cancelled { JobState::Cancelled } else { JobState::Failed };
                job_log(tx, row.job, at, &text)?;
                job_end(tx, row.job, state, Some(&text), at)?;
                let (occurrence, said) = told(stays, cancelled);
                happenings::tell(tx, at, occurrence, &before, Some(said))?;
                if stays { take_back(tx, &row) } else { Ok(private_server_get(tx, row.private_server)?) }
            })
            .await?;
        let Some(server) = ended else { return Ok(()) };
        self.end_transfer(moving);
        self.tell_private_server(&server).await;
        self.tell_away(moving.row.to).await;
        // The job has the whole sentence, with its servers, for those whose they are.
        let name = &server.wanted.name;
        let said = if stays {
            format!("{name} was not moved.")
        } else {
            format!(
                "{name} was moved, and does not run yet; see why with: rackwright private-server show {name}"
            )
        };
        self.events.private_server(at, &server, said);
        self.changed.notify_waiters();
        Ok(())
    }

    fn end_transfer(&self, moving: &Moving) {
        for (server, order) in self.transfers.end(moving.row.job) {
            // One that is not connected ends it by its own limit.
            self.ports.machines.send_to_agent(server, ToMachine::Transfer(order));
        }
    }
}

/// What the owner is told of a move that did not end well. What went wrong on the servers stands in the job.
fn told(stays: bool, cancelled: bool) -> (Occurrence, &'static str) {
    match (stays, cancelled) {
        (true, true) => (PRIVATE_SERVER_NOT_MOVED, "The move was cancelled."),
        (true, false) => (PRIVATE_SERVER_NOT_MOVED, "The move failed. It stays where it was."),
        (false, true | false) => {
            (PRIVATE_SERVER_MOVED, "Its new server has not done in time what was wanted of it.")
        }
    }
}

/// The source may run it again, and the target forgets what it was sent.
fn take_back(tx: &Connection, row: &MoveRow) -> Result<Option<PrivateServer>, Refusal> {
    let Some(before) = private_server_get(tx, row.private_server)? else { return Ok(None) };
    private_server_touch(tx, &before.wanted.name)?;
    let Some(server) = private_server_get(tx, row.private_server)? else { return Ok(None) };
    if let Some(there) = private_server_away_get(tx, row.to, server.wanted.number)? {
        let wanted = Wanted { generation: server.generation, ..there.wanted };
        private_server_away_put(tx, row.to, &gone(wanted))?;
    }
    Ok(Some(server))
}

/// The same, to be taken away; without what lets people in. A disk on a NAS stays there.
pub(in crate::reconcile) fn gone(wanted: Wanted) -> Wanted {
    let intent = if wanted.nas.is_some() { Intent::Left } else { Intent::Gone };
    Wanted { intent, access: RootAccess::default(), ..wanted }
}

/// Whether the move is still where the step saw it.
fn is_at(tx: &Connection, row: &MoveRow) -> Result<bool, Refusal> {
    Ok(private_server_move_get(tx, row.job)?.is_some_and(|now| now.stage == row.stage))
}
