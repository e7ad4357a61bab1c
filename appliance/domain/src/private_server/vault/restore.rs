//! `private-server backup-restore`, `-restore-files`, `-test`.

use rackwright_catalog::actions::JobStarted;
use rackwright_catalog::actions::private_server::{
    BackupRestoreFilesInput, BackupRestoreInput, BackupTestInput, PrivateServerBackupRestore,
    PrivateServerBackupRestoreFiles, PrivateServerBackupTest,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::Phase;
use rackwright_model::{BackupId, JobId, Name, Scope};
use rackwright_store::Connection;
use rackwright_store::private_server::PrivateServer;
use rackwright_store::vault::Backup;

use super::snapshots::reserve;
use super::{Task, Work, backup_named, begin, free};
use crate::private_server::named;
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain, Refusal};

/// The private server that gets something of a backup, and the backup: both of one account.
fn pair(
    tx: &Connection,
    scope: &Scope,
    name: &Name,
    backup: BackupId,
    attempted: &str,
) -> Result<(PrivateServer, Backup), Refusal> {
    let row = named(tx, scope, name, attempted)?;
    let (backup, _) = backup_named(tx, scope, backup, attempted)?;
    free(tx, &row, attempted)?;
    if backup.account != row.wanted.account {
        let reason = format!("it is a backup of {}, which belongs to another account", backup.name);
        return Err(conflict(attempted, reason, "Choose a private server of the same account.").into());
    }
    Ok((row, backup))
}

impl Domain {
    /// Begins work on a private server with a backup.
    async fn with_backup(
        &self,
        caller: &Caller,
        name: Name,
        backup: BackupId,
        attempted: String,
        work: impl FnOnce(&Connection, &PrivateServer, &str) -> Result<Work, Refusal> + Send + 'static,
    ) -> Result<JobId, Fault> {
        let (phrase, scope, at) = (attempted.clone(), caller.scope(), self.now());
        let started_by = caller.actor.name.clone();
        let job = self
            .change(caller, &attempted, move |tx| {
                let (row, backup) = pair(tx, &scope, &name, backup, &phrase)?;
                let work = work(tx, &row, &phrase)?;
                let task = Task { private_server: row.id, vault: Some(backup.vault), work };
                begin(tx, &row, &task, phrase.clone(), &started_by, at)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(job)
    }
}

impl Handle<PrivateServerBackupRestore, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupRestoreInput) -> Result<JobStarted, Fault> {
        let BackupRestoreInput { private_server: name, backup, confirm } = input;
        let (attempted, at) = (format!("restore backup {backup} into {name}"), self.now());
        let scope = caller.scope();
        let work = move |tx: &Connection, row: &PrivateServer, phrase: &str| {
            let reason = "it would stand still meanwhile, and its files of now would become a snapshot";
            confirmed(phrase, reason, "confirm", &row.wanted.name, confirm.as_ref())?;
            let keep = reserve(tx, &scope, row, &format!("before backup {backup}"), at, phrase)?;
            Ok(Work::RestoreBackup { backup, keep })
        };
        let job = self.with_backup(caller, name.clone(), backup, attempted, work).await?;
        Ok(JobStarted { job, message: format!("Backup {backup} is being restored into {name}: job {job}.") })
    }
}

impl Handle<PrivateServerBackupRestoreFiles, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupRestoreFilesInput) -> Result<JobStarted, Fault> {
        let BackupRestoreFilesInput { private_server: name, backup, paths, into } = input;
        let (attempted, at) = (format!("restore files of backup {backup} into {name}"), self.now());
        let scope = caller.scope();
        let count = paths.len();
        let work = move |tx: &Connection, row: &PrivateServer, phrase: &str| {
            if row.phase != Some(Phase::Running) {
                let advice = format!("Start it with: rackwright private-server start {}", row.wanted.name);
                return Err(conflict(
                    phrase,
                    "it does not run, and what runs inside puts files back",
                    advice,
                )
                .into());
            }
            let room = reserve(tx, &scope, row, &format!("room for files of backup {backup}"), at, phrase)?;
            Ok(Work::RestoreFiles { backup, paths, into, room })
        };
        let job = self.with_backup(caller, name.clone(), backup, attempted, work).await?;
        let what = if count == 1 { "1 path".to_owned() } else { format!("{count} paths") };
        let message = format!("{what} of backup {backup} is being restored into {name}: job {job}.");
        Ok(JobStarted { job, message })
    }
}

impl Handle<PrivateServerBackupTest, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupTestInput) -> Result<JobStarted, Fault> {
        let BackupTestInput { private_server: name, backup } = input;
        let (attempted, at) = (format!("test backup {backup} beside {name}"), self.now());
        let scope = caller.scope();
        let work = move |tx: &Connection, row: &PrivateServer, phrase: &str| {
            let room = reserve(tx, &scope, row, &format!("room to test backup {backup}"), at, phrase)?;
            Ok(Work::Test { backup, room })
        };
        let job = self.with_backup(caller, name, backup, attempted, work).await?;
        Ok(JobStarted { job, message: format!("Backup {backup} is being restored as a test: job {job}.") })
    }
}
