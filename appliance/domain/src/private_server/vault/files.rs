//! `private-server backup-files`: read at the Control Center, so that it needs no server.

use chrono::DateTime;
use rackwright_catalog::actions::private_server::{
    BackupDirectory, BackupFile, BackupFileKind, BackupFilesInput, PrivateServerBackupFiles,
};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::Millis;

use super::backup_named;
use crate::ports::InBackup;
use crate::refusal::not_found_in;
use crate::{Caller, Domain};

/// Characters of a path that are shown.
const LONGEST: usize = 4_096;

impl Handle<PrivateServerBackupFiles, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: BackupFilesInput) -> Result<BackupDirectory, Fault> {
        let BackupFilesInput { backup: id, path } = input;
        let attempted = format!("look into backup {id}");
        let (phrase, scope) = (attempted.clone(), caller.scope());
        let (backup, vault) = self.look(&attempted, move |tx| backup_named(tx, &scope, id, &phrase)).await?;
        let failed = |why: String| {
            let advice = "Try again; when it stays so, the log of the Control Center says more.";
            Fault::new(FaultCode::Unavailable, &attempted, why, advice)
        };
        let (key, _) = self.vault_secrets(&vault).map_err(failed)?;
        let path = path.as_deref().unwrap_or("/");
        let looked = self.ports.backups.files(&vault.folder, &key, &backup.draft.snapshot, path).await;
        let listing = looked.map_err(failed)?;
        if listing.files.is_empty()
            && path != "/"
            && self.is_missing(&vault.folder, &key, &backup.draft.snapshot, path).await
        {
            let advice = format!("See what it holds with: rackwright private-server backup-files {id}");
            return Err(not_found_in(&attempted, "file", &path, advice));
        }
        Ok(BackupDirectory { items: listing.files.into_iter().map(view).collect(), cut: listing.cut })
    }
}

impl Domain {
    /// Whether there is no such directory: one that is there stands in the one above.
    async fn is_missing(&self, folder: &str, key: &str, backup: &str, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let Some((above, _)) = path.rsplit_once('/') else { return false };
        let above = if above.is_empty() { "/" } else { above };
        let listing = self.ports.backups.files(folder, key, backup, above).await;
        listing.is_ok_and(|listing| !listing.cut && listing.files.iter().all(|file| file.path != path))
    }
}

fn view(file: InBackup) -> BackupFile {
    let kind = match file.kind.as_str() {
        "dir" => BackupFileKind::Directory,
        "file" => BackupFileKind::File,
        "symlink" => BackupFileKind::Link,
        _ => BackupFileKind::Other,
    };
    let changed = file.changed.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    let path = file.path.chars().take(LONGEST).collect();
    BackupFile { path, kind, bytes: file.bytes, changed_at: changed.map(|at| Millis(at.timestamp_millis())) }
}
