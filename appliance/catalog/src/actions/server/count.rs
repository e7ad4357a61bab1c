//! How many servers there are.

use rackwright_model::{Name, ServerState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::actions::{Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerCountInput {
    /// Only servers that have every one of these words in their name, address, MAC addresses, profile, rack or site.
    #[schemars(length(max = 63))]
    pub search: Option<String>,
    /// Only servers in this rack.
    #[schemars(extend("x-from" = "rack.list"))]
    pub rack: Option<Name>,
    /// Only servers at this site.
    pub site: Option<Name>,
    /// Only servers of this account, not of those below it.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
}

/// How many servers are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateCount {
    pub state: ServerState,
    pub servers: u32,
}

action! {
    ServerCount, "server.count", "Count", "Count servers by state; a state without servers is left out.", Look, Read,
    ServerCountInput => Page<StateCount>, columns ["state", "servers"];
    ServerCountInput { rack: Some(sample_name("r1")), ..ServerCountInput::default() };
    Page::whole(vec![
        StateCount { state: ServerState::Online, servers: 18 },
        StateCount { state: ServerState::Failed, servers: 1 },
    ])
}
