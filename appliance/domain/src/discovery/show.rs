//! Showing the policy.

use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::discovery::{DiscoveryShow, DiscoveryView};
use rackwright_catalog::{Fault, Handle};

use super::{policy, view};
use crate::{Caller, Domain};

impl Handle<DiscoveryShow, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<DiscoveryView, Fault> {
        Ok(view(self.look("show the discovery policy", policy).await?))
    }
}
