//! What happens to machines that nobody announced.

mod set;
mod show;

use rackwright_catalog::actions::discovery::{DiscoveryView, Policy};
use rackwright_model::network::DiscoveryPolicy;
use rackwright_store::Connection;
use rackwright_store::setting::setting_get;

use crate::Refusal;

const KEY: &str = "discovery";

/// The policy in force; nobody having set one means to wait.
pub(crate) fn policy(tx: &Connection) -> Result<DiscoveryPolicy, Refusal> {
    Ok(setting_get(tx, KEY)?.unwrap_or(DiscoveryPolicy::Wait))
}

fn view(policy: DiscoveryPolicy) -> DiscoveryView {
    match policy {
        DiscoveryPolicy::Wait => DiscoveryView { policy: Policy::Wait, profile: None },
        DiscoveryPolicy::AutoInstall(profile) => {
            DiscoveryView { policy: Policy::AutoInstall, profile: Some(profile) }
        }
    }
}
