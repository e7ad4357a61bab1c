//! What is kept for a while and no longer.

use std::sync::Arc;
use std::time::Duration;

use rackwright_store::delivery::{delivery_expire, delivery_purge};
use rackwright_store::private_server::private_server_usage_purge;
use rackwright_store::undo::undo_purge;

use crate::refusal::chain;
use crate::report::private_servers::USAGE_KEPT_MS;
use crate::undo::POSSIBLE_MS;
use crate::{Domain, Refusal};

/// How often is looked for what is to be forgotten.
const EVERY: Duration = Duration::from_secs(600);
const DAY_MS: i64 = 24 * 3_600_000;
/// How long one can see what webhooks were told.
const TOLD_MS: i64 = 30 * DAY_MS;

pub(super) async fn run(domain: Arc<Domain>) {
    loop {
        if let Err(error) = domain.forget().await {
            tracing::warn!("what is out of date could not be forgotten: {}", chain(&error));
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Domain {
    /// Forget what is out of date: how old changes are undone, what webhooks were told a month ago, what private servers
    /// used more than a year ago. What waits for a paused
    /// webhook is given up after a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self) -> Result<(), Refusal> {
        let now = self.now();
        self.write(move |tx| {
            undo_purge(tx, now.plus(-POSSIBLE_MS))?;
            private_server_usage_purge(tx, now.plus(-USAGE_KEPT_MS))?;
            delivery_expire(tx, now.plus(-DAY_MS), "The webhook was paused for a day.")?;
            Ok(delivery_purge(tx, now.plus(-TOLD_MS))?)
        })
        .await
    }
}
