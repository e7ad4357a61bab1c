//! How a job on the files of a private server ends: what came of it goes into the records in one transaction.

use rackwright_model::job::JobState;
use rackwright_model::{Millis, Name, Scope};
use rackwright_proto::vault::{VaultDone, VaultOrder};
use rackwright_store::Connection;
use rackwright_store::job::{JOB_WAITING, JobRow, job_end, job_get, job_log};
use rackwright_store::private_server::{
    PrivateServer, SnapshotStage, TemplateFacts, private_server_change, private_server_get, snapshot_delete,
    snapshot_get, snapshot_made, snapshot_stage,
};
use rackwright_store::vault::{
    BackupDraft, backup_insert, backup_tested, backup_within, vault_tried, vault_untidy,
};

use super::Ending;
use crate::private_server::vault::{Task, Work};
use crate::secret::is_fingerprint;
use crate::{Domain, Refusal};

impl Domain {
    pub(super) async fn end_vault(
        &self,
        job: &JobRow,
        task: &Task,
        row: Option<&PrivateServer>,
        ending: Ending,
    ) -> Result<(), Refusal> {
        let (id, at, task, of) = (job.id, self.now(), task.clone(), row.cloned());
        let (title, given) = (job.title.clone(), job.step != JOB_WAITING);
        let said = self
            .write(move |tx| {
                // It may have ended since it was read.
                if job_get(tx, id)?.is_none_or(|job| job.ended_at.is_some()) {
                    return Ok(None);
                }
                let (state, said, sure) = match ending {
                    Ending::Done(done) => match take(tx, &task, of.as_ref(), &done, at)? {
                        Ok(said) => (JobState::Succeeded, said, true),
                        Err(reason) => (JobState::Failed, reason, false),
                    },
                    Ending::Failed { reason, sure } => (JobState::Failed, reason, sure),
                    Ending::Cancelled { sure } => (JobState::Cancelled, "it was cancelled".to_owned(), sure),
                };
                let told = if state == JobState::Succeeded {
                    job_log(tx, id, at, &said)?;
                    said.clone()
                } else {
                    stays(tx, &task.work, state, sure, given)?;
                    give_up(tx, &task, &said, at)?;
                    of.as_ref().map_or_else(|| said.clone(), |row| sentence(&title, &row.wanted.name, &said))
                };
                let reason = (state != JobState::Succeeded).then_some(said.as_str());
                job_end(tx, id, state, reason, at)?;
                Ok(Some((told, private_server_get(tx, task.private_server)?)))
            })
            .await?;
        self.vaults.end(id);
        let Some((told, now)) = said else { return Ok(()) };
        if let Some(before) = row {
            self.tell_vault(before, id, VaultOrder::End);
            self.events.private_server(at, before, told);
        }
        if let (Some(before), Some(now)) = (row, now)
            && before.generation != now.generation
        {
            self.tell_private_server(&now).await;
        }
        self.changed.notify_waiters();
        Ok(())
    }
}

fn sentence(title: &str, name: &Name, reason: &str) -> String {
    format!("{name}: could not {title}: {reason}.")
}

/// Writes down what was done; a sentence, or why it does not count.
fn take(
    tx: &Connection,
    task: &Task,
    row: Option<&PrivateServer>,
    done: &VaultDone,
    at: Millis,
) -> Result<Result<String, String>, Refusal> {
    let Some(row) = row else { return Ok(Err("its private server is gone".to_owned())) };
    let name = &row.wanted.name;
    let mib = done.mib.min(u64::from(row.wanted.size.disk_mib).saturating_mul(2));
    Ok(Ok(match &task.work {
        Work::Snapshot { snapshot } => {
            snapshot_made(tx, *snapshot, mib)?;
            format!("A snapshot of {name} is taken.")
        }
        Work::Discard { snapshot, .. } => {
            snapshot_delete(tx, *snapshot)?;
            format!("A snapshot of {name} is removed.")
        }
        Work::Restore { snapshot, keep } => {
            snapshot_made(tx, *keep, mib)?;
            let template = snapshot_get(tx, row.id, *snapshot)?.map(|snapshot| snapshot.template);
            lies_over(tx, row, template)?;
            format!("{name} has the files of snapshot {snapshot} again; those of before are snapshot {keep}.")
        }
        Work::Backup => return backed_up(tx, task, row, done, at),
        Work::RestoreBackup { backup, keep } => {
            snapshot_made(tx, *keep, mib)?;
            let template =
                backup_within(tx, &Scope::everything(), *backup)?.map(|backup| backup.draft.template);
            lies_over(tx, row, template)?;
            format!("{name} has the files of backup {backup}; those of before are snapshot {keep}.")
        }
        Work::RestoreFiles { backup, room, .. } => {
            snapshot_delete(tx, *room)?;
            format!("{} files of backup {backup} are back in {name}.", done.files)
        }
        Work::Test { backup, room } => {
            snapshot_delete(tx, *room)?;
            let said = format!("{} files with {} bytes were restored and read.", done.files, done.bytes);
            backup_tested(tx, *backup, &said, at)?;
            format!("Backup {backup} of {name} was restored as a test: {said}")
        }
    }))
}

fn backed_up(
    tx: &Connection,
    task: &Task,
    row: &PrivateServer,
    done: &VaultDone,
    at: Millis,
) -> Result<Result<String, String>, Refusal> {
    let is_told = is_fingerprint(&done.backup) && is_fingerprint(&done.template);
    let Some(vault) = task.vault.filter(|_| is_told) else {
        return Ok(Err("its server did not say what it has backed up".to_owned()));
    };
    let held = |number: u64| number.min(rackwright_model::sample::MOST.unsigned_abs());
    let draft = BackupDraft {
        snapshot: done.backup.clone(),
        files: held(done.files),
        bytes: held(done.bytes),
        added_bytes: held(done.added_bytes),
        template: TemplateFacts { sha256: done.template.clone(), ..row.wanted.template.clone() },
    };
    let id = backup_insert(tx, vault, &draft, at)?;
    vault_tried(tx, vault, None, at)?;
    vault_untidy(tx, vault)?;
    Ok(Ok(format!("{} is backed up: backup {id}.", row.wanted.name)))
}

/// The template that its files lie over now.
fn lies_over(tx: &Connection, row: &PrivateServer, template: Option<TemplateFacts>) -> Result<(), Refusal> {
    let Some(template) = template.filter(|template| *template != row.wanted.template) else { return Ok(()) };
    let mut draft = row.wanted.clone();
    draft.template = template;
    Ok(private_server_change(tx, row.id, &draft)?)
}

/// What becomes of the snapshot and the room that were kept for work that was not done. An agent may have made it all the same,
/// so that it is on record until its agent says that it is gone.
fn stays(tx: &Connection, work: &Work, state: JobState, sure: bool, given: bool) -> Result<(), Refusal> {
    let (id, stage) = match work {
        Work::Backup => return Ok(()),
        // Its agent never heard of it.
        Work::Snapshot { snapshot: id }
        | Work::RestoreFiles { room: id, .. }
        | Work::Test { room: id, .. }
        | Work::Restore { keep: id, .. }
        | Work::RestoreBackup { keep: id, .. }
            if !given =>
        {
            return Ok(snapshot_delete(tx, *id)?);
        }
        Work::Snapshot { snapshot: id }
        | Work::RestoreFiles { room: id, .. }
        | Work::Test { room: id, .. } => (id, SnapshotStage::Removing),
        Work::Restore { keep: id, .. } | Work::RestoreBackup { keep: id, .. } => match sure {
            true => (id, SnapshotStage::Removing),
            // Other files may be in place by now, and those of before nowhere else.
            false => (id, SnapshotStage::Kept),
        },
        // Whoever cancels it wants to have it. What failed halfway is no snapshot any more, and is tried again.
        Work::Discard { snapshot: id, left_over: false } if state == JobState::Cancelled && !given => {
            (id, SnapshotStage::Kept)
        }
        Work::Discard { snapshot: id, .. } => (id, SnapshotStage::Removing),
    };
    Ok(snapshot_stage(tx, *id, stage)?)
}

/// Notes why it was not done.
fn give_up(tx: &Connection, task: &Task, reason: &str, at: Millis) -> Result<(), Refusal> {
    match &task.work {
        Work::Snapshot { .. }
        | Work::Discard { .. }
        | Work::Restore { .. }
        | Work::RestoreBackup { .. }
        | Work::RestoreFiles { .. } => {}
        Work::Test { backup, .. } => {
            backup_tested(tx, *backup, &format!("It could not be restored: {reason}."), at)?;
        }
        Work::Backup => {
            if let Some(vault) = task.vault {
                vault_tried(tx, vault, Some(&format!("It could not be backed up: {reason}.")), at)?;
                // What was sent before it broke off is of no use.
                vault_untidy(tx, vault)?;
            }
        }
    }
    Ok(())
}
