//! Racks in which servers stand.

use rackwright_model::{Name, RackId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::server::ServerSummary;
use super::{Done, Nothing, Page, action, sample_name};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RackCreateInput {
    pub name: Name,
    /// The building or room, such as fra-1.
    pub site: Option<Name>,
    /// In units; 42 when it is not given.
    #[schemars(range(min = 1, max = 60))]
    pub height: Option<u32>,
}

/// Names one rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneRack {
    #[schemars(extend("x-from" = "rack.list"))]
    pub rack: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RackRenameInput {
    #[schemars(extend("x-from" = "rack.list"))]
    pub rack: Name,
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RackRemoveInput {
    #[schemars(extend("x-from" = "rack.list"))]
    pub rack: Name,
    /// Repeat the rack's name to confirm.
    pub confirm: Option<Name>,
}

/// A rack in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RackView {
    pub id: RackId,
    pub name: Name,
    pub site: Option<Name>,
    /// In units.
    pub height: u32,
    /// How many servers stand in it.
    pub servers: u32,
    /// Units that they fill, and units that are free.
    pub used: u32,
    pub free: u32,
}

/// A rack and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RackDetail {
    pub rack: RackView,
    /// From the top.
    pub servers: Vec<ServerSummary>,
}

action! {
    RackList, "rack.list", "List", "List racks with their site and the units that are free.", Inspect, Read,
    Nothing => Page<RackView>, columns ["name", "site", "height", "servers", "used", "free"];
    Nothing {};
    Page::whole(vec![sample_view()])
}

action! {
    RackShow, "rack.show", "Show", "Show one rack: what stands in it, from the top, and the state of each server.",
    Inspect, Read,
    OneRack => RackDetail, main "rack";
    OneRack { rack: sample_name("r1") };
    RackDetail { rack: sample_view(), servers: vec![ServerSummary::sample()] }
}

action! {
    RackCreate, "rack.create", "Create", "Note a rack, so that servers can be placed in it.", Configure, Change,
    RackCreateInput => RackView, main "name", undo true;
    RackCreateInput { name: sample_name("r1"), site: Some(sample_name("fra-1")), height: Some(42) };
    sample_view()
}

action! {
    RackRename, "rack.rename", "Rename", "Give a rack another name; its servers stay in it.", Configure, Change,
    RackRenameInput => RackView, main "rack", undo true;
    RackRenameInput { rack: sample_name("r1"), name: sample_name("r2") };
    sample_view()
}

action! {
    RackRemove, "rack.remove", "Remove", "Forget a rack in which nothing stands.", Configure, Destroy,
    RackRemoveInput => Done, main "rack", undo true;
    RackRemoveInput { rack: sample_name("r1"), confirm: Some(sample_name("r1")) };
    Done::new("Rack r1 is removed.")
}

fn sample_view() -> RackView {
    RackView {
        id: RackId(1),
        name: sample_name("r1"),
        site: Some(sample_name("fra-1")),
        height: 42,
        servers: 1,
        used: 2,
        free: 40,
    }
}
