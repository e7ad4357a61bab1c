//! A command inside a private server.

use rackwright_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, sample_name};

/// Seconds that a command may take at most.
pub const EXEC_MOST_S: u32 = 50;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerExecInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// A line for sh(1), run as root in /root.
    #[schemars(length(min = 1, max = 8192), extend("x-secret" = true))]
    pub command: String,
    /// It is ended after so many seconds; 20 when it is left out.
    #[schemars(range(min = 1, max = EXEC_MOST_S))]
    pub limit_s: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExecResult {
    /// Exit status, or 128 and the signal.
    pub status: i32,
    /// What it wrote, at most 256 KiB.
    pub output: String,
    /// Whether it wrote more.
    pub cut: bool,
}

action! {
    PrivateServerExec, "private-server.exec", "Run", "Run a command as root inside a private server.", Inside, Change,
    PrivateServerExecInput => ExecResult, main "private_server";
    PrivateServerExecInput { private_server: sample_name("web1"), command: "systemctl is-system-running".into(), limit_s: None };
    ExecResult { status: 0, output: "running\n".into(), cut: false }
}
