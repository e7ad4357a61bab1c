//! How much of a server a private server has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What of a server belongs to a private server. Minimums are guaranteed: they are admitted before they are promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Least share of the server's processors, in thousandths of all of them. What others leave unused comes on top.
    #[schemars(range(min = 1, max = 900))]
    pub cpu_permille: u32,
    /// Most memory, in MiB.
    #[schemars(range(min = 32, max = 4_194_304))]
    pub memory_mib: u32,
    /// Most swap, in MiB. Servers have none unless somebody gave them some.
    #[schemars(range(max = 4_194_304))]
    pub swap_mib: u32,
    /// Most disk, in MiB.
    #[schemars(range(min = 64, max = 67_108_864))]
    pub disk_mib: u32,
    /// Least bandwidth in each direction, in kbit/s. What others leave unused comes on top.
    #[schemars(range(min = 8, max = 400_000_000))]
    pub bandwidth_kbit: u32,
    /// Most bandwidth in each direction, in kbit/s; none means the link.
    #[schemars(range(min = 8, max = 400_000_000))]
    pub ceiling_kbit: Option<u32>,
    /// Most connections at one time that it begins, and as many that others begin.
    #[schemars(range(min = 16, max = 1_000_000))]
    pub sessions: u32,
    /// Most processes and threads.
    #[schemars(range(min = 64, max = 1_000_000))]
    pub processes: u32,
}
