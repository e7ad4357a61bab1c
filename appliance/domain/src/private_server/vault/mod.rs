//! Snapshots and backups. An action begins a job; [`crate::reconcile`] has the agent carry it out, one at a time for each
//! private server.

mod backups;
mod clone;
mod files;
mod restore;
mod schedule;
mod snapshots;

use rackwright_catalog::Fault;
use rackwright_model::private_server::Phase;
use rackwright_model::{BackupId, JobId, Millis, PrivateServerId, Scope, SnapshotId, VaultId};
use rackwright_store::Connection;
use rackwright_store::job::{JobDraft, JobKind, job_insert, job_running};
use rackwright_store::private_server::PrivateServer;
use rackwright_store::vault::{
    Backup, VaultDraft, VaultRow, backup_within, vault_get, vault_insert, vault_of,
};
use serde::{Deserialize, Serialize};

use super::moving::stays;
use crate::refusal::{conflict, not_found, not_found_in};
use crate::secret::{credential, fingerprint};
use crate::{Domain, Refusal};

/// Backups of a private server that is removed stay so long.
pub(crate) const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// What a job of this kind does; kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Task {
    pub private_server: PrivateServerId,
    /// The backups that it reads or adds to.
    pub vault: Option<VaultId>,
    pub work: Work,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub(crate) enum Work {
    Snapshot {
        snapshot: SnapshotId,
    },
    Discard {
        snapshot: SnapshotId,
        /// Nobody asked for it: it is what is left of work that was not done.
        #[serde(default)]
        left_over: bool,
    },
    Restore {
        snapshot: SnapshotId,
        keep: SnapshotId,
    },
    Backup,
    RestoreBackup {
        backup: BackupId,
        keep: SnapshotId,
    },
    /// `room` is kept on its server meanwhile, here and in a test.
    RestoreFiles {
        backup: BackupId,
        paths: Vec<String>,
        into: Option<String>,
        room: SnapshotId,
    },
    Test {
        backup: BackupId,
        room: SnapshotId,
    },
}

impl Task {
    /// What a running job does, if it is one of these.
    pub(crate) fn of(job: &rackwright_store::job::JobRow) -> Option<Self> {
        if job.kind != JobKind::Vault {
            return None;
        }
        serde_json::from_str(&job.input).ok()
    }
}

/// Begins a job.
pub(crate) fn begin(
    tx: &Connection,
    row: &PrivateServer,
    task: &Task,
    title: String,
    started_by: &str,
    at: Millis,
) -> Result<JobId, Refusal> {
    let draft = JobDraft {
        kind: JobKind::Vault,
        title,
        input: serde_json::to_string(task).unwrap_or_default(),
        // Whoever has the private server need not know its server.
        server: None,
        account: row.wanted.account,
        started_by: started_by.to_owned(),
    };
    Ok(job_insert(tx, &draft, at)?)
}

/// That its files are there, and nobody else is at work on them.
pub(crate) fn free(tx: &Connection, row: &PrivateServer, attempted: &str) -> Result<(), Refusal> {
    if row.wanted.removing {
        return Err(conflict(attempted, "it is being removed", "Wait until it is gone.").into());
    }
    stays(tx, row, attempted)?;
    on_its_server(row, attempted)?;
    if row.phase.is_none_or(|phase| matches!(phase, Phase::Fetching | Phase::Making | Phase::Gone)) {
        let advice =
            format!("Wait until it is made; see: rackwright private-server show {}", row.wanted.name);
        return Err(conflict(attempted, "its files are not made yet", advice).into());
    }
    idle(tx, row, attempted)
}

/// That its files lie on its server: those on a NAS are for the NAS to keep.
pub(crate) fn on_its_server(row: &PrivateServer, attempted: &str) -> Result<(), Refusal> {
    if row.wanted.nas.is_none() {
        return Ok(());
    }
    let advice = "Take snapshots and backups of the export on the NAS.";
    Err(conflict(attempted, "its disk is on a NAS", advice).into())
}

/// That nobody else is at work on its files.
pub(crate) fn idle(tx: &Connection, row: &PrivateServer, attempted: &str) -> Result<(), Refusal> {
    let running = job_running(tx)?;
    let of =
        |job: &rackwright_store::job::JobRow| Task::of(job).is_some_and(|task| task.private_server == row.id);
    let Some(job) = running.into_iter().find(of) else { return Ok(()) };
    let advice = format!("Wait until that is done, or cancel it with: rackwright job cancel {}", job.id);
    Err(conflict(attempted, format!("job {} is at work on its files", job.id), advice).into())
}

/// The backup with this number, and where it lies.
fn backup_named(
    tx: &Connection,
    scope: &Scope,
    id: BackupId,
    attempted: &str,
) -> Result<(Backup, VaultRow), Refusal> {
    let missing = || Refusal::from(no_backup(attempted, id));
    let backup = backup_within(tx, scope, id)?.ok_or_else(missing)?;
    let vault = vault_get(tx, backup.vault)?.ok_or_else(missing)?;
    Ok((backup, vault))
}

fn no_backup(attempted: &str, id: BackupId) -> Fault {
    not_found_in(attempted, "backup", &id, "List them with: rackwright private-server backup-list")
}

/// What a private server's backups may take: several times what it holds, and something for a small one.
pub(crate) fn limit_bytes(row: &PrivateServer) -> u64 {
    (u64::from(row.wanted.size.disk_mib) << 20) * 4 + (1 << 30)
}

impl Domain {
    /// What a vault begins with, should its private server have none yet.
    fn fresh_vault(&self, row: &PrivateServer) -> VaultDraft {
        let chance = self.ports.chance.as_ref();
        let secret = || credential(chance, "b").trim_start_matches("b_").to_owned();
        let mut folder = [0; 16];
        chance.fill(&mut folder);
        let (folder, password) = (hex::encode(folder), secret());
        VaultDraft {
            key: self.secrets.seal(chance, &purpose("key", &folder), &secret()),
            password: self.secrets.seal(chance, &purpose("password", &folder), &password),
            fingerprint: fingerprint(&password),
            account: row.wanted.account,
            private_server: row.id,
            name: row.wanted.name.clone(),
            limit_bytes: limit_bytes(row),
            keep: rackwright_model::private_server::Retention::default(),
            folder,
        }
    }

    /// Key and password of a vault, in clear.
    ///
    /// # Errors
    /// A sentence when they do not open.
    pub(crate) fn vault_secrets(&self, vault: &VaultRow) -> Result<(String, String), String> {
        let open = |what, sealed| self.secrets.open(&purpose(what, &vault.folder), sealed);
        let key = open("key", &vault.key).map_err(|why| why.to_string())?;
        Ok((key, open("password", &vault.password).map_err(|why| why.to_string())?))
    }
}

/// The vault of a private server, made when it has none.
pub(crate) fn vault_for(tx: &Connection, fresh: &VaultDraft, at: Millis) -> Result<VaultRow, Refusal> {
    let of = fresh.private_server;
    if vault_of(tx, of)?.is_none() {
        vault_insert(tx, fresh, at)?;
    }
    vault_of(tx, of)?.ok_or_else(|| not_found("open a vault", "private-server", &fresh.name).into())
}

fn purpose(what: &str, folder: &str) -> String {
    ["vault", what, folder].join(" ")
}
