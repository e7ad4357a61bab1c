//! The provisioning environment: the kernel and RAM disk that a bare server netboots.

use rackwright_model::{JobId, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::image::Kernel;
use super::{JobStarted, Nothing, Page, action};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentBuildInput {
    /// Which kernel it runs; the one that the configuration names as `boot_flavour` is served.
    pub kernel: Kernel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentView {
    pub kernel: Kernel,
    /// Whether machines that netboot are given this one.
    pub served: bool,
    /// Bytes of kernel and RAM disk together.
    pub bytes: u64,
    pub built_at: Millis,
}

action! {
    EnvironmentList, "environment.list", "List", "List the provisioning environments that can be netbooted.", Inspect, Read,
    Nothing => Page<EnvironmentView>, columns ["kernel", "served", "bytes", "built_at"];
    Nothing {};
    Page::whole(vec![EnvironmentView {
        kernel: Kernel::Generic,
        served: true,
        bytes: 48_000_000,
        built_at: Millis(1_764_000_000_000),
    }])
}

action! {
    EnvironmentBuild, "environment.build", "Build",
    "Build the provisioning environment from the package sources of this machine; machines netboot it from then on.",
    Configure, Change,
    EnvironmentBuildInput => JobStarted, main "kernel";
    EnvironmentBuildInput { kernel: Kernel::Generic };
    JobStarted { job: JobId(2), message: "Building the provisioning environment with the generic kernel is job 2.".into() }
}
