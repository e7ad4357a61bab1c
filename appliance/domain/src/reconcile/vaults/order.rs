//! What an agent is told to do for a job.

use rackwright_model::Scope;
use rackwright_proto::vault::{Access, VaultOrder};
use rackwright_store::private_server::PrivateServer;
use rackwright_store::vault::{Backup, VaultRow, backup_within, vault_get, vault_refresh};

use crate::private_server::template_of;
use crate::private_server::vault::{Task, Work, limit_bytes};
use crate::private_server::vaults::Door;
use crate::{Domain, Refusal};

impl Domain {
    /// The order of a job, and the door that it needs; or a sentence on why there is none.
    pub(super) async fn vault_order(
        &self,
        row: &PrivateServer,
        task: &Task,
    ) -> Result<Result<(VaultOrder, Option<Door>), String>, Refusal> {
        let number = |id: i64| id.unsigned_abs();
        match &task.work {
            Work::Snapshot { snapshot } => {
                return Ok(Ok((VaultOrder::Snapshot { snapshot: number(snapshot.0) }, None)));
            }
            Work::Discard { snapshot, .. } => {
                return Ok(Ok((VaultOrder::Discard { snapshot: number(snapshot.0) }, None)));
            }
            Work::Restore { snapshot, keep } => {
                let order = VaultOrder::Restore { snapshot: number(snapshot.0), keep: number(keep.0) };
                return Ok(Ok((order, None)));
            }
            Work::Backup | Work::RestoreBackup { .. } | Work::RestoreFiles { .. } | Work::Test { .. } => {}
        }
        let Some((vault, backup)) = self.vault_and_backup(row, task).await? else {
            return Ok(Err("the backup is gone".to_owned()));
        };
        let (access, door) = match self.open_vault(&vault) {
            Ok(open) => open,
            Err(why) => return Ok(Err(why)),
        };
        let snapshot = backup.as_ref().map(|backup| backup.draft.snapshot.clone()).unwrap_or_default();
        let order = match &task.work {
            Work::RestoreBackup { keep, .. } => {
                let Some(backup) = backup else { return Ok(Err("the backup is gone".to_owned())) };
                let template = template_of(&self.site, backup.draft.template);
                VaultOrder::RestoreBackup { access, backup: snapshot, keep: number(keep.0), template }
            }
            Work::RestoreFiles { paths, into, .. } => VaultOrder::RestoreFiles {
                access,
                backup: snapshot,
                paths: paths.clone(),
                into: into.clone(),
            },
            Work::Test { .. } => VaultOrder::Test { access, backup: snapshot },
            Work::Backup | Work::Snapshot { .. } | Work::Discard { .. } | Work::Restore { .. } => {
                VaultOrder::Backup { access }
            }
        };
        Ok(Ok((order, Some(door))))
    }

    async fn vault_and_backup(
        &self,
        row: &PrivateServer,
        task: &Task,
    ) -> Result<Option<(VaultRow, Option<Backup>)>, Refusal> {
        let Some(id) = task.vault else { return Ok(None) };
        let wanted = match &task.work {
            Work::RestoreBackup { backup, .. }
            | Work::RestoreFiles { backup, .. }
            | Work::Test { backup, .. } => Some(*backup),
            Work::Backup | Work::Snapshot { .. } | Work::Discard { .. } | Work::Restore { .. } => None,
        };
        let (name, limit) = (row.wanted.name.clone(), limit_bytes(row));
        self.write(move |tx| {
            if wanted.is_none() {
                vault_refresh(tx, id, &name, limit)?;
            }
            let Some(vault) = vault_get(tx, id)? else { return Ok(None) };
            let Some(wanted) = wanted else { return Ok(Some((vault, None))) };
            let backup = backup_within(tx, &Scope::everything(), wanted)?;
            Ok(backup.map(|backup| (vault, Some(backup))))
        })
        .await
    }

    fn open_vault(&self, vault: &VaultRow) -> Result<(Access, Door), String> {
        let (key, password) = self.vault_secrets(vault)?;
        let access = Access {
            url: format!("https://{}/{}/", self.site.backup_endpoint, vault.folder),
            password,
            key,
            authority_pem: self.ports.authority.certificate_pem(),
        };
        let door = Door {
            vault: vault.id,
            folder: vault.folder.clone(),
            fingerprint: vault.fingerprint.clone(),
            limit_bytes: vault.limit_bytes,
        };
        Ok((access, door))
    }
}
