//! Vaults: the backups of one private server each.

use rackwright_model::private_server::Retention;
use rackwright_model::{AccountId, BackupId, Millis, Name, PrivateServerId, Scope, VaultId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::private_server::TemplateFacts;
use crate::row;

/// What a vault begins with.
#[derive(Debug, Clone)]
pub struct VaultDraft {
    pub folder: String,
    pub account: AccountId,
    pub private_server: PrivateServerId,
    pub name: Name,
    /// Sealed.
    pub key: String,
    /// Sealed.
    pub password: String,
    /// SHA-256 of the password in clear, in hexadecimal.
    pub fingerprint: String,
    pub limit_bytes: u64,
    pub keep: Retention,
}

#[derive(Debug, Clone)]
pub struct VaultRow {
    pub id: VaultId,
    pub folder: String,
    pub account: AccountId,
    pub account_path: String,
    /// None: it is gone.
    pub private_server: Option<PrivateServerId>,
    pub name: Name,
    pub key: String,
    pub password: String,
    pub fingerprint: String,
    pub limit_bytes: u64,
    pub stored_bytes: u64,
    pub hour: Option<u32>,
    pub keep: Retention,
    pub scheduled_at: Millis,
    pub failure: Option<String>,
    pub failed_at: Option<Millis>,
    pub kept_until: Option<Millis>,
}

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupDraft {
    /// 64 hexadecimal digits.
    pub snapshot: String,
    pub files: u64,
    pub bytes: u64,
    pub added_bytes: u64,
    pub template: TemplateFacts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub id: BackupId,
    pub vault: VaultId,
    pub draft: BackupDraft,
    pub at: Millis,
    pub tested_at: Option<Millis>,
    pub test: Option<String>,
    /// The name that its private server had last.
    pub name: Name,
    pub account: AccountId,
    pub kept_until: Option<Millis>,
}

const SELECT: &str = "SELECT vault.*, account.path AS account_path FROM vault \
                      JOIN account ON account.id = vault.account_id";
const SELECT_BACKUP: &str = "SELECT backup.*, vault.name AS name, vault.account_id AS account_id, \
                             vault.kept_until AS kept_until FROM backup JOIN vault ON vault.id = backup.vault_id";

fn count(row: &Row<'_>, column: &str) -> Result<u64, StoreError> {
    Ok(row.get::<_, i64>(column)?.unsigned_abs())
}

fn read(row: &Row<'_>) -> Result<VaultRow, StoreError> {
    let keep: String = row.get("keep")?;
    Ok(VaultRow {
        id: VaultId(row.get("id")?),
        folder: row.get("folder")?,
        account: AccountId(row.get("account_id")?),
        account_path: row.get("account_path")?,
        private_server: row.get::<_, Option<i64>>("private_server_id")?.map(PrivateServerId),
        name: row::parsed("private server name", row.get("name")?)?,
        key: row.get("secret_key")?,
        password: row.get("password")?,
        fingerprint: row.get("fingerprint")?,
        limit_bytes: count(row, "limit_bytes")?,
        stored_bytes: count(row, "stored_bytes")?,
        hour: row.get("hour")?,
        keep: row::json("retention", &keep)?,
        scheduled_at: row::millis(row, "scheduled_at")?,
        failure: row.get("failure")?,
        failed_at: row::millis_opt(row, "failed_at")?,
        kept_until: row::millis_opt(row, "kept_until")?,
    })
}

fn read_backup(row: &Row<'_>) -> Result<Backup, StoreError> {
    let template: String = row.get("template")?;
    Ok(Backup {
        id: BackupId(row.get("id")?),
        vault: VaultId(row.get("vault_id")?),
        draft: BackupDraft {
            snapshot: row.get("snapshot")?,
            files: count(row, "files")?,
            bytes: count(row, "bytes")?,
            added_bytes: count(row, "added_bytes")?,
            template: row::json("template", &template)?,
        },
        at: row::millis(row, "at")?,
        tested_at: row::millis_opt(row, "tested_at")?,
        test: row.get("test")?,
        name: row::parsed("private server name", row.get("name")?)?,
        account: AccountId(row.get("account_id")?),
        kept_until: row::millis_opt(row, "kept_until")?,
    })
}

/// # Errors
/// [`StoreError::Taken`] when the private server has one.
pub fn vault_insert(tx: &Connection, draft: &VaultDraft, at: Millis) -> Result<VaultId, StoreError> {
    let sql = "INSERT INTO vault (folder, account_id, private_server_id, name, secret_key, password, fingerprint, \
               limit_bytes, keep, scheduled_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               RETURNING id";
    let params = (
        &draft.folder,
        draft.account.0,
        draft.private_server.0,
        draft.name.as_str(),
        &draft.key,
        &draft.password,
        &draft.fingerprint,
        draft.limit_bytes.cast_signed(),
        json("retention", &draft.keep)?,
        at.0,
        at.0,
    );
    row::insert(tx, sql, params).map(VaultId)
}

fn json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { what, value: String::new() })
}

/// # Errors
/// When the database fails.
pub fn vault_get(tx: &Connection, id: VaultId) -> Result<Option<VaultRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE vault.id = $1"), [id.0], read)
}

/// The vault of a private server.
///
/// # Errors
/// When the database fails.
pub fn vault_of(tx: &Connection, of: PrivateServerId) -> Result<Option<VaultRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE vault.private_server_id = $1"), [of.0], read)
}

/// The vault in this folder.
///
/// # Errors
/// When the database fails.
pub fn vault_in(tx: &Connection, folder: &str) -> Result<Option<VaultRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE vault.folder = $1"), [folder], read)
}

/// Those that follow a schedule, and those that wait to be tidied or whose time is over by `now`.
///
/// # Errors
/// When the database fails.
pub fn vault_due(tx: &Connection, now: Millis) -> Result<(Vec<VaultRow>, Vec<VaultRow>), StoreError> {
    let scheduled = format!(
        "{SELECT} WHERE vault.hour IS NOT NULL AND vault.private_server_id IS NOT NULL ORDER BY vault.id"
    );
    let untidy = format!("{SELECT} WHERE vault.untidy <> 0 OR vault.kept_until <= $1 ORDER BY vault.id");
    Ok((row::all(tx, &scheduled, [], read)?, row::all(tx, &untidy, [now.0], read)?))
}

/// When it is backed up, and what stays.
///
/// # Errors
/// When the database fails.
pub fn vault_schedule(
    tx: &Connection,
    id: VaultId,
    hour: Option<u32>,
    keep: &Retention,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE vault SET hour = $2, keep = $3, scheduled_at = $4, untidy = 1 WHERE id = $1";
    row::run(tx, sql, (id.0, hour, json("retention", keep)?, at.0))?;
    Ok(())
}

/// The schedule was followed.
///
/// # Errors
/// When the database fails.
pub fn vault_followed(tx: &Connection, id: VaultId, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE vault SET scheduled_at = $2 WHERE id = $1", (id.0, at.0))?;
    Ok(())
}

/// It takes the name and the size that its private server has now.
///
/// # Errors
/// When the database fails.
pub fn vault_refresh(tx: &Connection, id: VaultId, name: &Name, limit_bytes: u64) -> Result<(), StoreError> {
    let sql = "UPDATE vault SET name = $2, limit_bytes = $3 WHERE id = $1";
    row::run(tx, sql, (id.0, name.as_str(), limit_bytes.cast_signed()))?;
    Ok(())
}

/// How the last try went; none of a failure: well.
///
/// # Errors
/// When the database fails.
pub fn vault_tried(
    tx: &Connection,
    id: VaultId,
    failure: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    let failed_at = failure.map(|_| at.0);
    row::run(tx, "UPDATE vault SET failure = $2, failed_at = $3 WHERE id = $1", (id.0, failure, failed_at))?;
    Ok(())
}

/// Something in it waits to be tidied.
///
/// # Errors
/// When the database fails.
pub fn vault_untidy(tx: &Connection, id: VaultId) -> Result<(), StoreError> {
    row::run(tx, "UPDATE vault SET untidy = 1 WHERE id = $1", [id.0])?;
    Ok(())
}

/// It is tidy: these backups are gone, and it takes so much.
///
/// # Errors
/// When the database fails.
pub fn vault_tidied(
    tx: &Connection,
    id: VaultId,
    gone: &[BackupId],
    stored_bytes: u64,
) -> Result<(), StoreError> {
    for backup in gone {
        row::run(tx, "DELETE FROM backup WHERE id = $1 AND vault_id = $2", (backup.0, id.0))?;
    }
    let sql = "UPDATE vault SET stored_bytes = $2, \
               untidy = CASE WHEN EXISTS (SELECT 1 FROM backup WHERE vault_id = $1 AND removing <> 0) THEN 1 ELSE 0 END \
               WHERE id = $1";
    row::run(tx, sql, (id.0, stored_bytes.cast_signed()))?;
    Ok(())
}

/// Its private server is gone; its backups stay until then. One without any goes at once.
pub(crate) fn vault_outlives(tx: &Connection, of: PrivateServerId, until: Millis) -> Result<(), StoreError> {
    let sql = "UPDATE vault SET private_server_id = NULL, hour = NULL, untidy = 1, kept_until = $2 \
               WHERE private_server_id = $1";
    row::run(tx, sql, (of.0, until.0))?;
    Ok(())
}

/// Vaults whose private server is gone though they still name it stay until then, like those of all others that are gone; how
/// many there were.
///
/// # Errors
/// When the database fails.
pub fn vault_release(tx: &Connection, until: Millis) -> Result<usize, StoreError> {
    let sql = "UPDATE vault SET private_server_id = NULL, hour = NULL, untidy = 1, kept_until = $1 \
               WHERE private_server_id IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM private_server WHERE private_server.id = vault.private_server_id)";
    row::run(tx, sql, [until.0])
}

/// Whether there are any.
///
/// # Errors
/// When the database fails.
pub fn vault_any(tx: &Connection) -> Result<bool, StoreError> {
    Ok(row::one(tx, "SELECT 1 FROM vault LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// # Errors
/// When the database fails.
pub fn vault_delete(tx: &Connection, id: VaultId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM vault WHERE id = $1", [id.0])?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn backup_insert(
    tx: &Connection,
    vault: VaultId,
    draft: &BackupDraft,
    at: Millis,
) -> Result<BackupId, StoreError> {
    let sql = "INSERT INTO backup (vault_id, snapshot, at, files, bytes, added_bytes, template) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    let params = (
        vault.0,
        &draft.snapshot,
        at.0,
        draft.files.cast_signed(),
        draft.bytes.cast_signed(),
        draft.added_bytes.cast_signed(),
        json("template", &draft.template)?,
    );
    let id = row::insert(tx, sql, params).map(BackupId)?;
    // What it really takes is known when the vault is tidied.
    let sql = "UPDATE vault SET stored_bytes = stored_bytes + $2 WHERE id = $1";
    row::run(tx, sql, (vault.0, draft.added_bytes.cast_signed()))?;
    Ok(id)
}

/// The backup with this number, if the scope covers its account and it is not on its way out.
///
/// # Errors
/// When the database fails.
pub fn backup_within(tx: &Connection, scope: &Scope, id: BackupId) -> Result<Option<Backup>, StoreError> {
    let sql = format!(
        "{SELECT_BACKUP} WHERE backup.id = $1 AND backup.removing = 0 AND {}",
        owned(scope, "vault.account_id", 2)
    );
    row::one(tx, &sql, (id.0, scope.low(), scope.high()), read_backup)
}

/// The backups of a scope, newest first; `of` takes only those of one private server.
///
/// # Errors
/// When the database fails.
pub fn backup_list(
    tx: &Connection,
    scope: &Scope,
    of: Option<PrivateServerId>,
) -> Result<Vec<Backup>, StoreError> {
    let sql = format!(
        "{SELECT_BACKUP} WHERE backup.removing = 0 AND ($3 IS NULL OR vault.private_server_id = $3) AND {} \
         ORDER BY backup.id DESC LIMIT $4",
        owned(scope, "vault.account_id", 1)
    );
    row::all(tx, &sql, (scope.low(), scope.high(), of.map(|of| of.0), row::LIST_LIMIT), read_backup)
}

/// Everything in a vault, oldest first, with whether it is on its way out.
///
/// # Errors
/// When the database fails.
pub fn backup_in(tx: &Connection, vault: VaultId) -> Result<Vec<(Backup, bool)>, StoreError> {
    let sql = format!("{SELECT_BACKUP} WHERE backup.vault_id = $1 ORDER BY backup.id");
    row::all(tx, &sql, [vault.0], |row| Ok((read_backup(row)?, row.get::<_, i64>("removing")? != 0)))
}

/// It is on its way out.
///
/// # Errors
/// When the database fails.
pub fn backup_remove(tx: &Connection, id: BackupId) -> Result<(), StoreError> {
    row::run(tx, "UPDATE backup SET removing = 1 WHERE id = $1", [id.0])?;
    Ok(())
}

/// What came of a test restore.
///
/// # Errors
/// When the database fails.
pub fn backup_tested(tx: &Connection, id: BackupId, said: &str, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE backup SET tested_at = $2, test = $3 WHERE id = $1", (id.0, at.0, said))?;
    Ok(())
}
