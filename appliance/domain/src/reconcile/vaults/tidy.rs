//! Removing backups that are no longer kept. The Control Center does it by its own records: agents can only add, and what they
//! say of times counts for nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::{Millis, VaultId};
use rackwright_store::job::job_running;
use rackwright_store::vault::{VaultRow, backup_in, vault_delete, vault_due, vault_release, vault_tidied};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use crate::private_server::vault::{KEPT_MS, Task};
use crate::refusal::chain;
use crate::{Domain, Refusal};

const TICK: Duration = Duration::from_secs(5);
/// After a failure it is tried again.
const AGAIN_MS: i64 = 600_000;
/// Vaults that are tidied at one time: a large one takes hours, and all of them memory.
const AT_ONCE: usize = 2;

pub(super) async fn run(domain: &Arc<Domain>) {
    let until = domain.now().plus(KEPT_MS);
    match domain.write(move |tx| Ok(vault_release(tx, until)?)).await {
        Ok(0) => {}
        Ok(count) => tracing::info!("backups of {count} private servers that are gone stay for a while"),
        Err(error) => {
            tracing::warn!("backups of private servers that are gone could not be found: {}", chain(&error));
        }
    }
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tidier = Tidier::default();
    loop {
        ticks.tick().await;
        if let Err(error) = tidier.tick(domain).await {
            tracing::warn!("backups that are no longer kept could not be read: {}", chain(&error));
        }
    }
}

/// Tidies vaults beside each other.
#[derive(Default)]
pub struct Tidier {
    /// Those that could not be tidied, and when that was tried.
    failed: HashMap<VaultId, Millis>,
    under_way: JoinSet<Tidied>,
}

type Tidied = (VaultId, Result<Result<(), String>, Refusal>);

/// A vault that is shut until this is dropped, in whatever way its tidying ends.
struct Shut {
    domain: Arc<Domain>,
    vault: VaultId,
}

impl Shut {
    /// None while an agent is at work in it, or it is being tidied.
    fn of(domain: &Arc<Domain>, vault: VaultId) -> Option<Self> {
        domain.vaults.shut(vault).then(|| Self { domain: Arc::clone(domain), vault })
    }
}

impl Drop for Shut {
    fn drop(&mut self) {
        self.domain.vaults.reopen(self.vault);
    }
}

impl Tidier {
    /// Begin to tidy the vaults that need it and in which nobody is at work, as many as go at one time; and note how those
    /// ended that were begun before. Those that failed come after all others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tick(&mut self, domain: &Arc<Domain>) -> Result<(), Refusal> {
        let now = domain.now();
        while let Some(ended) = self.under_way.try_join_next() {
            self.note(ended, now);
        }
        let (_, mut untidy) = domain.read(move |tx| Ok(vault_due(tx, now)?)).await?;
        self.failed.retain(|id, _| untidy.iter().any(|vault| vault.id == *id));
        untidy.sort_by_key(|vault| self.failed.get(&vault.id).copied());
        for vault in untidy {
            if self.under_way.len() >= AT_ONCE {
                break;
            }
            if self.failed.get(&vault.id).is_some_and(|at| now.since(*at) < AGAIN_MS) {
                continue;
            }
            let Some(shut) = Shut::of(domain, vault.id) else { continue };
            self.under_way.spawn(async move {
                let (id, tidied) = (shut.vault, tidy(&shut.domain, vault, now).await);
                drop(shut);
                (id, tidied)
            });
        }
        Ok(())
    }

    /// Wait until those are tidied that were begun.
    pub async fn settle(&mut self, domain: &Domain) {
        while let Some(ended) = self.under_way.join_next().await {
            self.note(ended, domain.now());
        }
    }

    fn note(&mut self, ended: Result<Tidied, JoinError>, now: Millis) {
        let (id, why) = match ended {
            Ok((id, Ok(Ok(())))) => {
                self.failed.remove(&id);
                return;
            }
            Ok((id, Ok(Err(why)))) => (id, why),
            Ok((id, Err(error))) => (id, chain(&error)),
            Err(error) => {
                tracing::error!("tidying backups broke off: {error}");
                return;
            }
        };
        tracing::warn!(vault.id = %id, "backups could not be tidied: {why}");
        self.failed.insert(id, now);
    }
}

async fn tidy(domain: &Domain, vault: VaultRow, now: Millis) -> Result<Result<(), String>, Refusal> {
    let id = vault.id;
    let (all, busy) = domain
        .read(move |tx| {
            let busy =
                job_running(tx)?.iter().any(|job| Task::of(job).is_some_and(|task| task.vault == Some(id)));
            Ok((backup_in(tx, id)?, busy))
        })
        .await?;
    if busy {
        return Ok(Ok(()));
    }
    let stay: Vec<Millis> =
        all.iter().filter(|(_, removing)| !removing).map(|(backup, _)| backup.at).collect();
    let orphaned = vault.private_server.is_none();
    let is_over = vault.kept_until.is_some_and(|until| until <= now) || stay.is_empty();
    if orphaned && is_over {
        if let Err(why) = domain.ports.backups.remove(&vault.folder).await {
            return Ok(Err(why));
        }
        domain.write(move |tx| Ok(vault_delete(tx, id)?)).await?;
        return Ok(Ok(()));
    }
    // Of one that is gone everything stays until its time is over.
    let kept = if orphaned { stay.iter().copied().collect() } else { vault.keep.kept(&stay) };
    let (keep, gone): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(backup, removing)| !removing && kept.contains(&backup.at));
    let keep: Vec<String> = keep.into_iter().map(|(backup, _)| backup.draft.snapshot).collect();
    let gone: Vec<_> = gone.into_iter().map(|(backup, _)| backup.id).collect();
    let (key, _) = match domain.vault_secrets(&vault) {
        Ok(secrets) => secrets,
        Err(why) => return Ok(Err(why)),
    };
    let stored = match domain.ports.backups.tidy(&vault.folder, &key, &keep).await {
        Ok(stored) => stored,
        Err(why) => return Ok(Err(why)),
    };
    domain.write(move |tx| Ok(vault_tidied(tx, id, &gone, stored)?)).await?;
    Ok(Ok(()))
}
