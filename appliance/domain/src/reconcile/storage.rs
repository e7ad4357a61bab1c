//! A data disk that was full: whether it has room again is found out without anybody having to change something.

use std::sync::Arc;
use std::time::Duration;

use rackwright_store::setting::setting_put;

use crate::Domain;
use crate::refusal::chain;

/// How often a full disk is tried.
const LOOK: Duration = Duration::from_secs(5);
/// The setting that is written for nothing but the trial.
const KEY: &str = "storage.probe";
/// Bytes of a trial: more than most changes take, so that what follows fits too.
const BYTES: usize = 64 << 10;

pub(super) async fn run(domain: Arc<Domain>) {
    loop {
        tokio::time::sleep(LOOK).await;
        if domain.storage_problem().is_some() {
            domain.probe().await;
        }
    }
}

impl Domain {
    /// Write as much as a large change, and take it back. A write that holds clears the problem.
    async fn probe(&self) {
        for text in ["x".repeat(BYTES), String::new()] {
            match self.write(move |tx| Ok(setting_put(tx, KEY, &text)?)).await {
                Ok(()) => {}
                Err(error) if error.is_storage_full() => return,
                Err(error) => {
                    tracing::warn!("the room on the data disk could not be tried: {}", chain(&error));
                    return;
                }
            }
        }
        tracing::info!("the data disk has room again");
    }
}
