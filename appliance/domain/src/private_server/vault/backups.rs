//! `private-server backup-create`, `-list`, `-show`, `-remove`.

use rackwright_catalog::actions::private_server::{
    BackupListInput, BackupPlan, BackupRemoveInput, BackupView, OnePrivateServer, PrivateServerBackupCreate,
    PrivateServerBackupList, PrivateServerBackupRemove, PrivateServerBackupShow,
};
use rackwright_catalog::actions::{Done, JobStarted, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::vault::{Backup, VaultRow, backup_list, backup_remove, vault_of, vault_untidy};

use super::{Task, Work, backup_named, begin, free, limit_bytes, no_backup, vault_for};
use crate::private_server::named;
use crate::refusal::confirmed;
use crate::{Caller, Domain};

impl Handle<PrivateServerBackupCreate, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<JobStarted, Fault> {
        let attempted = format!("back up {name}");
        let (phrase, scope, at) = (attempted.clone(), caller.scope(), self.now());
        let (of, whose) = (name.clone(), attempted.clone());
        let row = self.look(&attempted, move |tx| named(tx, &scope, &of, &whose)).await?;
        let (fresh, started_by, scope) = (self.fresh_vault(&row), caller.actor.name.clone(), caller.scope());
        let of = name.clone();
        let job = self
            .change(caller, &attempted, move |tx| {
                let row = named(tx, &scope, &of, &phrase)?;
                free(tx, &row, &phrase)?;
                let vault = vault_for(tx, &fresh, at)?;
                let task = Task { private_server: row.id, vault: Some(vault.id), work: Work::Backup };
                begin(tx, &row, &task, format!("back up {of}"), &started_by, at)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(JobStarted { job, message: format!("{name} is being backed up: job {job}.") })
    }
}

impl Handle<PrivateServerBackupList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupListInput) -> Result<Page<BackupView>, Fault> {
        let (attempted, scope) = ("list backups", caller.scope());
        let rows = self
            .look(attempted, move |tx| {
                let of = input.private_server.as_ref().map(|name| named(tx, &scope, name, attempted));
                Ok(backup_list(tx, &scope, of.transpose()?.map(|row| row.id))?)
            })
            .await?;
        Ok(Page::whole(rows.into_iter().map(view).collect()))
    }
}

pub(super) fn view(row: Backup) -> BackupView {
    BackupView {
        id: row.id,
        private_server: row.name,
        at: row.at,
        files: row.draft.files,
        bytes: row.draft.bytes,
        added_bytes: row.draft.added_bytes,
        tested_at: row.tested_at,
        test: row.test,
        kept_until: row.kept_until,
    }
}

impl Handle<PrivateServerBackupShow, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<BackupPlan, Fault> {
        let attempted = format!("show the backups of {name}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        self.look(&attempted, move |tx| {
            let row = named(tx, &scope, &name, &phrase)?;
            let vault = vault_of(tx, row.id)?;
            let last = backup_list(tx, &scope, Some(row.id))?.into_iter().next();
            Ok(plan(row.wanted.name.clone(), limit_bytes(&row), vault, last))
        })
        .await
    }
}

/// The plan of one that has no vault yet is that of none.
pub(super) fn plan(
    private_server: rackwright_model::Name,
    limit_bytes: u64,
    vault: Option<VaultRow>,
    last: Option<Backup>,
) -> BackupPlan {
    BackupPlan {
        private_server,
        hour: vault.as_ref().and_then(|vault| vault.hour),
        keep: vault.as_ref().map(|vault| vault.keep).unwrap_or_default(),
        last: last.map(view),
        failure: vault.as_ref().and_then(|vault| vault.failure.clone()),
        failed_at: vault.as_ref().and_then(|vault| vault.failed_at),
        stored_bytes: vault.map_or(0, |vault| vault.stored_bytes),
        limit_bytes,
    }
}

impl Handle<PrivateServerBackupRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupRemoveInput) -> Result<Done, Fault> {
        let BackupRemoveInput { private_server, backup: id, confirm } = input;
        let attempted = format!("remove backup {id}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        let name = self
            .change(caller, &attempted, move |tx| {
                let of_this = |(backup, vault): (Backup, VaultRow)| match backup.name == private_server {
                    true => Ok((backup, vault)),
                    false => Err(no_backup(&phrase, id).into()),
                };
                let (backup, vault) = match backup_named(tx, &scope, id, &phrase).and_then(of_this) {
                    Ok(found) => found,
                    // A backup may outlive its private server: that is looked for only now, and a missing one is told.
                    Err(refusal) => {
                        return Err(named(tx, &scope, &private_server, &phrase).err().unwrap_or(refusal));
                    }
                };
                let reason = "what only this backup has would be lost";
                confirmed(&phrase, reason, "confirm", &backup.name, confirm.as_ref())?;
                backup_remove(tx, id)?;
                vault_untidy(tx, vault.id)?;
                Ok(backup.name)
            })
            .await?;
        self.changed.notify_waiters();
        Ok(Done::new(format!("Backup {id} of {name} is removed.")))
    }
}
