//! What happens to machines that netboot and that nobody announced.

use rackwright_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Nothing, action, sample_name};

/// What to do with an unknown machine once its inventory is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Show it and wait for an operator.
    Wait,
    /// Install it at once with the named profile.
    AutoInstall,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoverySetInput {
    pub policy: Policy,
    /// The profile of auto-install.
    #[schemars(extend("x-from" = "profile.list"))]
    pub profile: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoveryView {
    pub policy: Policy,
    pub profile: Option<Name>,
}

action! {
    DiscoveryShow, "discovery.show", "Show", "Show what happens to machines that nobody announced.", Inspect, Read,
    Nothing => DiscoveryView;
    Nothing {};
    DiscoveryView { policy: Policy::Wait, profile: None }
}

action! {
    DiscoverySet, "discovery.set", "Set",
    "Decide what happens to blank machines when their inventory is in: wait, or install a profile at once.",
    Configure, Change,
    DiscoverySetInput => DiscoveryView, main "policy", check check_set, undo true;
    DiscoverySetInput { policy: Policy::AutoInstall, profile: Some(sample_name("debian-12")) };
    DiscoveryView { policy: Policy::AutoInstall, profile: Some(sample_name("debian-12")) }
}

fn check_set(input: &DiscoverySetInput) -> Vec<crate::fault::FieldProblem> {
    let problem = match (input.policy, &input.profile) {
        (Policy::AutoInstall, None) => "is missing; auto-install needs one",
        (Policy::Wait, Some(_)) => "is not used by the policy wait; leave it out",
        (Policy::AutoInstall, Some(_)) | (Policy::Wait, None) => return Vec::new(),
    };
    vec![crate::fault::FieldProblem::new("profile", problem)]
}
