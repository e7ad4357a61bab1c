//! Failover: what becomes of private servers on a NAS when their server is dead.

use rackwright_model::private_server::FailoverStage;
use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, action, sample_name};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailoverSetInput {
    /// For how many seconds a server with private servers on a NAS must not answer before it is powered off and they are
    /// started elsewhere.
    #[schemars(range(min = 30, max = 86_400))]
    pub after_s: Option<u32>,
    /// Power off no server by itself: its private servers wait until it is back, or until somebody says that it is dead.
    #[serde(default)]
    pub never: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerConfirmDeadInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// Repeat the server's name to confirm that it is powered off or without its network and storage: if it still runs, the
    /// disks of its private servers are destroyed.
    pub confirm: Option<Name>,
}

/// A failover that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailoverView {
    pub server: Name,
    pub stage: FailoverStage,
    pub since: Millis,
    /// What keeps it from going on, and what to do.
    #[schemars(extend("x-sentence" = true))]
    pub reason: Option<String>,
    /// When the server was known to be off.
    pub fenced_at: Option<Millis>,
    /// Who said so; none: its BMC.
    pub fenced_by: Option<String>,
    /// Private servers that wait to be started elsewhere, the most urgent first.
    pub waiting: Vec<Name>,
}

/// When servers are failed over, and which are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailoverDetail {
    /// After how many seconds without an answer; none: never.
    pub after_s: Option<u32>,
    /// Why no server is powered off by itself now, and what to do; none when servers may be.
    #[schemars(extend("x-sentence" = true))]
    pub held: Option<String>,
    pub failovers: Vec<FailoverView>,
}

impl FailoverView {
    pub(crate) fn sample() -> Self {
        Self {
            server: sample_name("r1-u07"),
            stage: FailoverStage::Restarting,
            since: Millis(1_764_000_000_000),
            reason: None,
            fenced_at: Some(Millis(1_764_000_008_000)),
            fenced_by: None,
            waiting: vec![sample_name("web1")],
        }
    }
}

fn sample() -> FailoverDetail {
    FailoverDetail { after_s: Some(120), held: None, failovers: vec![FailoverView::sample()] }
}

action! {
    FailoverShow, "failover.show", "Show",
    "Show after how long a server that does not answer is powered off for its private servers to start elsewhere, and where that is under way.",
    Inspect, Read,
    Nothing => FailoverDetail;
    Nothing {};
    sample()
}

action! {
    FailoverSet, "failover.set", "Set",
    "Choose after how long a server that does not answer is powered off for its private servers on a NAS to start elsewhere.",
    Configure, Change,
    FailoverSetInput => FailoverDetail;
    FailoverSetInput { after_s: Some(120), never: false };
    sample()
}

action! {
    ServerConfirmDead, "server.confirm-dead", "Confirm dead",
    "Say that a server which does not answer is off, when its BMC cannot: its private servers on a NAS start elsewhere.",
    Provision, Destroy,
    ServerConfirmDeadInput => Done, main "server";
    ServerConfirmDeadInput { server: sample_name("r1-u07"), confirm: Some(sample_name("r1-u07")) };
    Done::new("r1-u07 is taken for dead; 1 private server is started elsewhere.")
}
