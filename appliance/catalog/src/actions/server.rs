//! Physical servers.

mod count;
mod place;
mod samples;
mod view;

use std::net::IpAddr;

use rackwright_model::{MacAddr, Name, Order, ServerSort, ServerState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use count::{ServerCount, ServerCountInput, StateCount};
pub use place::{ServerPlace, ServerPlaceInput};
pub use samples::{SampleSeries, ServerSamples, ServerSamplesInput};
pub use view::{
    BmcView, DiskUseView, InstallView, LoadView, NicLease, ServerDetail, ServerEventView, ServerSummary,
    Watched,
};

use super::{Done, JobStarted, Page, action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerListInput {
    /// Only servers in this state.
    pub state: Option<ServerState>,
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
    /// By what the list is put in order; by name when it is left out.
    pub sort: Option<ServerSort>,
    /// Ascending when it is left out.
    pub order: Option<Order>,
    /// The `next` of the page before, of the same list in the same order.
    #[schemars(length(max = 256))]
    pub after: Option<String>,
    /// Rows of a page; 100 when it is left out.
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

/// Names one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneServer {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerAddInput {
    pub name: Name,
    /// Ethernet addresses of the machine; the first is the one it netboots from.
    #[schemars(length(min = 1, max = 16))]
    pub macs: Vec<MacAddr>,
    pub bmc: Option<BmcInput>,
}

/// How to reach a machine's baseboard management controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BmcInput {
    pub address: IpAddr,
    #[schemars(length(min = 1, max = 16), regex(pattern = "^[!-~]+$"))]
    pub user: String,
    /// At most 20 characters (IPMI 2.0 section 22.30).
    #[schemars(length(min = 1, max = 20), regex(pattern = "^[ -~]+$"), extend("x-secret" = true))]
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerInstallInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    #[schemars(extend("x-from" = "profile.list"))]
    pub profile: Name,
    /// Repeat the server's name to allow that its installed system and all data on the disk are destroyed.
    pub confirm_wipe: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PowerOrder {
    On,
    /// At once, as if the plug were pulled.
    Off,
    /// Ask the operating system to shut down.
    Shutdown,
    /// Off and on again.
    Cycle,
    /// Only ask; change nothing.
    Status,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerPowerInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    pub order: PowerOrder,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PowerResult {
    /// Whether the chassis has power now, as the BMC says.
    pub on: bool,
    #[schemars(extend("x-sentence" = true))]
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerRenameInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerSetBmcInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    pub bmc: BmcInput,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerRetireInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// Repeat the server's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerAssignInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// The account that owns it from now on.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerRemoveInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// Repeat the server's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerWatchInput {
    /// Only this server.
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Option<Name>,
    /// The `next` of the answer before; without it, what happens from now on.
    pub after: Option<i64>,
    /// Seconds to wait for something to happen before answering with nothing.
    #[schemars(range(max = 60))]
    pub wait_s: Option<u32>,
}

action! {
    ServerList, "server.list", "List", "List servers with their state.", Look, Read,
    ServerListInput => Page<ServerSummary>,
    columns ["name", "account", "state", "site", "rack", "unit", "address", "macs", "reason", "seen_at"];
    ServerListInput { state: Some(ServerState::Online), rack: Some(sample_name("r1")), ..ServerListInput::default() };
    Page::whole(vec![ServerSummary::sample()])
}

action! {
    ServerShow, "server.show", "Show", "Show one server: inventory, boot timeline, load and jobs.", Look, Read,
    OneServer => ServerDetail, main "server";
    OneServer { server: sample_name("r1-u07") };
    ServerDetail::sample()
}

action! {
    ServerAdd, "server.add", "Add", "Announce a machine before it is powered on, with its BMC.", Provision, Change,
    ServerAddInput => ServerSummary, main "name", check check_add;
    ServerAddInput {
        name: sample_name("r1-u07"),
        macs: vec![MacAddr([0x52, 0x54, 0, 0x12, 0x34, 0x56])],
        bmc: Some(sample_bmc()),
    };
    ServerSummary::sample()
}

action! {
    ServerAccept, "server.accept", "Accept", "Take a discovered machine into service, so that it can be installed.",
    Provision, Change,
    OneServer => ServerSummary, main "server";
    OneServer { server: sample_name("r1-u07") };
    ServerSummary::sample()
}

action! {
    ServerInstall, "server.install", "Install",
    "Put an operating system on a server; everything on its target disk is destroyed.", Provision, Destroy,
    ServerInstallInput => JobStarted, main "server";
    ServerInstallInput { server: sample_name("r1-u07"), profile: sample_name("debian-12"), confirm_wipe: None };
    JobStarted { job: rackwright_model::JobId(7), message: "Installing r1-u07 with profile debian-12 is job 7.".into() }
}

action! {
    ServerPower, "server.power", "Power", "Switch a server's power through its BMC, or ask for it.", Operate, Change,
    ServerPowerInput => PowerResult, main "server";
    ServerPowerInput { server: sample_name("r1-u07"), order: PowerOrder::On };
    PowerResult { on: true, message: "r1-u07 is powered on.".into() }
}

action! {
    ServerReboot, "server.reboot", "Reboot", "Ask the agent of an online server to restart it in good order.",
    Operate, Change,
    OneServer => Done, main "server";
    OneServer { server: sample_name("r1-u07") };
    Done::new("r1-u07 is restarting.")
}

action! {
    ServerRename, "server.rename", "Rename", "Give a server another name in the Control Center.", Provision, Change,
    ServerRenameInput => ServerSummary, main "server", undo true;
    ServerRenameInput { server: sample_name("r1-u07"), name: sample_name("web-3") };
    ServerSummary::sample()
}

action! {
    ServerSetBmc, "server.set-bmc", "Set BMC", "Set the address and credentials of a server's BMC.", Provision, Change,
    ServerSetBmcInput => Done, main "server";
    ServerSetBmcInput { server: sample_name("r1-u07"), bmc: sample_bmc() };
    Done::new("The BMC of r1-u07 is 10.77.1.7.")
}

action! {
    ServerRetire, "server.retire", "Retire",
    "Take a server out of service: its certificate and reservation are withdrawn; its disk is left as it is.",
    Provision, Destroy,
    ServerRetireInput => Done, main "server";
    ServerRetireInput { server: sample_name("r1-u07"), confirm: Some(sample_name("r1-u07")) };
    Done::new("r1-u07 is retired.")
}

action! {
    ServerAssign, "server.assign", "Assign",
    "Give a server to another account: its people see it from now on, and those of the account before no longer do.",
    Accounts, Change,
    ServerAssignInput => ServerSummary, main "server", undo true;
    ServerAssignInput { server: sample_name("r1-u07"), account: sample_name("acme") };
    ServerSummary { account: sample_name("acme"), ..ServerSummary::sample() }
}

action! {
    ServerRemove, "server.remove", "Remove",
    "Delete the record of a server, such as an announcement with a mistyped address; its disk is left as it is.",
    Provision, Destroy,
    ServerRemoveInput => Done, main "server";
    ServerRemoveInput { server: sample_name("r1-u07"), confirm: Some(sample_name("r1-u07")) };
    Done::new("r1-u07 is removed. A machine of it that netboots again is discovered anew.")
}

action! {
    ServerWatch, "server.watch", "Watch", "Follow what happens to servers, as it happens.", Look, Read,
    ServerWatchInput => Watched, main "server", columns ["at", "server", "kind", "text"];
    ServerWatchInput { server: None, after: Some(1_764_000_000_000), wait_s: Some(20) };
    Watched { items: vec![ServerEventView::sample()], next: 1_764_000_000_001 }
}

fn sample_bmc() -> BmcInput {
    BmcInput { address: IpAddr::from([10, 77, 1, 7]), user: "admin".into(), password: "s3cret-bmc".into() }
}

fn check_add(input: &ServerAddInput) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (at, mac) in input.macs.iter().enumerate() {
        if !mac.is_unicast() {
            problems.push(FieldProblem::new(
                format!("macs.{at}"),
                format!("{mac} is not the address of one interface"),
            ));
        }
        if input.macs[..at].contains(mac) {
            problems.push(FieldProblem::new(format!("macs.{at}"), format!("{mac} is named twice")));
        }
    }
    problems
}
