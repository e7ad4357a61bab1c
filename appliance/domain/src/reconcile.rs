//! What moves lifecycles. Each reconciler looks at the database and the world, does one idempotent step, and looks
//! again; killing the process between any two steps loses nothing and repeats nothing that matters.

mod failover;
mod forget;
pub mod image_jobs;
mod install;
mod monitor;
mod moves;
mod post;
pub mod private_servers;
pub mod sampler;
mod storage;
pub mod vaults;
pub(crate) mod webhooks;

use std::sync::Arc;

use crate::Domain;
pub(crate) use install::Ending;

/// Run the reconcilers of servers and private servers, the post, the watch over the data disk and the delivery to webhooks until the process ends.
pub async fn run(domain: Arc<Domain>) {
    tokio::join!(
        failover::run(Arc::clone(&domain)),
        install::run(Arc::clone(&domain)),
        monitor::run(Arc::clone(&domain)),
        moves::run(Arc::clone(&domain)),
        sampler::run(Arc::clone(&domain)),
        post::run(Arc::clone(&domain)),
        private_servers::run(Arc::clone(&domain)),
        storage::run(Arc::clone(&domain)),
        vaults::run(Arc::clone(&domain)),
        webhooks::run(Arc::clone(&domain)),
        forget::run(domain)
    );
}
