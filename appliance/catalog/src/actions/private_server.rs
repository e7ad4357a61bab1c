//! Private servers: isolated, guaranteed shares of servers.

mod backup;
mod console;
mod create;
mod exec;
pub mod inside;
mod life;
mod moving;
mod nas;
mod room;
mod size_change;
mod snapshot;
mod usage;
mod view;

use rackwright_model::private_server::PrivateServerState;
use rackwright_model::{Name, Order};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use backup::{
    BackupDirectory, BackupFile, BackupFileKind, BackupFilesInput, BackupListInput, BackupPlan,
    BackupRemoveInput, BackupRestoreFilesInput, BackupRestoreInput, BackupScheduleInput, BackupTestInput,
    BackupView, PrivateServerBackupCreate, PrivateServerBackupFiles, PrivateServerBackupList,
    PrivateServerBackupRemove, PrivateServerBackupRestore, PrivateServerBackupRestoreFiles,
    PrivateServerBackupSchedule, PrivateServerBackupShow, PrivateServerBackupTest,
};
pub use console::{
    ConsoleOpened, ConsoleRead, OneConsole, PrivateServerConsole, PrivateServerConsoleClose,
    PrivateServerConsoleInput, PrivateServerConsoleRead, PrivateServerConsoleReadInput,
    PrivateServerConsoleResize, PrivateServerConsoleResizeInput, PrivateServerConsoleType,
    PrivateServerConsoleTypeInput,
};
pub use create::{PrivateServerCreate, PrivateServerCreateInput, check_size};
pub use exec::{EXEC_MOST_S, ExecResult, PrivateServerExec, PrivateServerExecInput};
pub use life::{
    PrivateServerQuarantine, PrivateServerReboot, PrivateServerRebuild, PrivateServerRebuildInput,
    PrivateServerRelease, PrivateServerRemove, PrivateServerRemoveInput, PrivateServerRename,
    PrivateServerRenameInput, PrivateServerResize, PrivateServerResizeInput, PrivateServerResume,
    PrivateServerStart, PrivateServerStop, PrivateServerSuspend,
};
pub use moving::{
    Draining, PrivateServerDrain, PrivateServerDrainInput, PrivateServerMove, PrivateServerMoveInput,
};
pub use nas::{
    PrivateServerPrioritise, PrivateServerPrioritiseInput, PrivateServerShare, PrivateServerShareInput,
    PrivateServerUnshare, PrivateServerUnshareInput, ShareInput, ShareView,
};
pub use room::{PrivateServerRoom, PrivateServerTemplates, ServerRoom, ServerShare, TemplateView};
pub use size_change::SizeChange;
pub use snapshot::{
    CloneInput, OneSnapshot, PrivateServerClone, PrivateServerSnapshotCreate, PrivateServerSnapshotList,
    PrivateServerSnapshotRemove, PrivateServerSnapshotRestore, SnapshotCreateInput, SnapshotState,
    SnapshotView,
};
pub use usage::{PrivateServerUsage, PrivateServerUsageInput, UsageSeries, UsageSpan};
pub use view::{PrivateServerDetail, PrivateServerView};

use super::{Page, action, sample_name};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PrivateServerListInput {
    /// Only those in this state.
    pub state: Option<PrivateServerState>,
    /// Only those that have every one of these words in their name, address, server or account.
    #[schemars(length(max = 63))]
    pub search: Option<String>,
    /// Only those on this server.
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Option<Name>,
    /// Only those of this account, not of those below it.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// Ascending by name when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

/// Names one private server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePrivateServer {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
}

pub(crate) fn one() -> OnePrivateServer {
    OnePrivateServer { private_server: sample_name("web1") }
}

action! {
    PrivateServerList, "private-server.list", "List", "List private servers with their state.", SeePrivate, Read,
    PrivateServerListInput => Page<PrivateServerView>,
    columns ["name", "account", "state", "address", "server", "template", "reason"];
    PrivateServerListInput { state: Some(PrivateServerState::Running), ..PrivateServerListInput::default() };
    Page::whole(vec![PrivateServerView::sample()])
}

action! {
    PrivateServerShow, "private-server.show", "Show", "Show one private server: its guarantees, limits, address and state.",
    SeePrivate, Read,
    OnePrivateServer => PrivateServerDetail, main "private_server";
    one();
    PrivateServerDetail::sample()
}
