//! Where a server stands.

use rackwright_model::Name;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ServerSummary;
use crate::actions::{action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerPlaceInput {
    #[schemars(extend("x-from" = "server.list"))]
    pub server: Name,
    /// The rack; without it, the server is taken out of the one that it stands in.
    #[schemars(extend("x-from" = "rack.list"))]
    pub rack: Option<Name>,
    /// The lowest unit that it fills, counted from the bottom of the rack.
    #[schemars(range(min = 1, max = 60))]
    pub unit: Option<u32>,
    /// Units that it fills; 1 when it is not given.
    #[schemars(range(min = 1, max = 60))]
    pub height: Option<u32>,
}

action! {
    ServerPlace, "server.place", "Place", "Note the rack and the units in which a server stands.", Provision, Change,
    ServerPlaceInput => ServerSummary, main "server", check check_place, undo true;
    ServerPlaceInput {
        server: sample_name("r1-u07"),
        rack: Some(sample_name("r1")),
        unit: Some(7),
        height: Some(2),
    };
    ServerSummary::sample()
}

fn check_place(input: &ServerPlaceInput) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if input.rack.is_some() && input.unit.is_none() {
        problems.push(FieldProblem::new("unit", "is missing: say which is the lowest unit that it fills"));
    }
    if input.rack.is_none() {
        for (field, given) in [("unit", input.unit), ("height", input.height)] {
            if given.is_some() {
                problems.push(FieldProblem::new(field, "makes sense only with a rack"));
            }
        }
    }
    problems
}
