//! `private-server backup-schedule`.

use rackwright_catalog::actions::private_server::{
    BackupPlan, BackupScheduleInput, PrivateServerBackupSchedule,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::vault::{backup_list, vault_get, vault_schedule};

use super::backups::plan;
use super::{limit_bytes, on_its_server, vault_for};
use crate::private_server::named;
use crate::{Caller, Domain};

impl Handle<PrivateServerBackupSchedule, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupScheduleInput) -> Result<BackupPlan, Fault> {
        let name = input.private_server;
        let attempted = format!("set when {name} is backed up");
        let (phrase, scope, at) = (attempted.clone(), caller.scope(), self.now());
        let (of, whose) = (name.clone(), attempted.clone());
        let row = self.look(&attempted, move |tx| named(tx, &scope, &of, &whose)).await?;
        let (fresh, scope) = (self.fresh_vault(&row), caller.scope());
        self.change(caller, &attempted, move |tx| {
            let row = named(tx, &scope, &name, &phrase)?;
            on_its_server(&row, &phrase)?;
            let vault = vault_for(tx, &fresh, at)?;
            vault_schedule(tx, vault.id, input.hour, &input.keep, at)?;
            let last = backup_list(tx, &scope, Some(row.id))?.into_iter().next();
            Ok(plan(row.wanted.name.clone(), limit_bytes(&row), vault_get(tx, vault.id)?, last))
        })
        .await
    }
}
