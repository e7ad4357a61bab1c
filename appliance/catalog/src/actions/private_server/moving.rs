//! Private servers on their way to another server.

use rackwright_model::{JobId, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, sample_name};
use crate::actions::JobStarted;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerMoveInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// The server that it goes to; the one with the most room when it is left out.
    #[schemars(extend("x-from" = "private-server.room"))]
    pub to: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerDrainInput {
    /// The server that all private servers are moved away from.
    #[schemars(extend("x-from" = "private-server.room"))]
    pub server: Name,
}

/// Moves that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Draining {
    pub jobs: Vec<JobId>,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

action! {
    PrivateServerMove, "private-server.move", "Move",
    "Move a private server to another server: it runs while its files are copied and stands still only for what changed meanwhile.",
    Allot, Change,
    PrivateServerMoveInput => JobStarted, main "private_server";
    PrivateServerMoveInput { private_server: sample_name("web1"), to: Some(sample_name("r1-u08")) };
    JobStarted { job: JobId(9), message: "Moving web1 to r1-u08 is job 9.".into() }
}

action! {
    PrivateServerDrain, "private-server.drain", "Drain",
    "Move all private servers away from a server, each to where there is the most room; refused when not all find room.",
    Allot, Change,
    PrivateServerDrainInput => Draining, main "server";
    PrivateServerDrainInput { server: sample_name("r1-u07") };
    Draining { jobs: vec![JobId(9)], message: "Moving 1 private server away from r1-u07.".into() }
}
