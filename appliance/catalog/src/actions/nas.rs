//! Network-attached storage: exports over NFS.

use std::net::Ipv4Addr;

use rackwright_model::nas::{ExportPath, NasPurpose, NfsVersion};
use rackwright_model::private_server::PrivateServerState;
use rackwright_model::{Name, NasId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, Page, action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NasCreateInput {
    pub name: Name,
    /// What it is for: disks of private servers, or files that private servers read.
    pub purpose: NasPurpose,
    /// Where its NFS server is.
    pub address: Ipv4Addr,
    /// What that server exports. Disks need an export that servers may write to as root (no_root_squash in exports(5)).
    pub path: ExportPath,
    /// 4.2 when it is left out.
    pub version: Option<NfsVersion>,
    /// What may be promised of it to disks, in MiB; nobody counts when it is left out.
    #[schemars(range(min = 64, max = 1_099_511_627_776_u64))]
    pub capacity_mib: Option<u64>,
}

/// Names one NAS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneNas {
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Name,
}

/// What is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NasChangeInput {
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Name,
    pub name: Option<Name>,
    /// Only while no private server uses it.
    pub address: Option<Ipv4Addr>,
    /// Only while no private server uses it.
    pub path: Option<ExportPath>,
    /// Only while no private server uses it.
    pub version: Option<NfsVersion>,
    /// What may be promised of it to disks, in MiB; not less than what is promised already.
    #[schemars(range(min = 64, max = 1_099_511_627_776_u64))]
    pub capacity_mib: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NasRemoveInput {
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Name,
    /// Repeat its name to confirm.
    pub confirm: Option<Name>,
}

/// A NAS in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NasView {
    pub id: NasId,
    pub name: Name,
    pub purpose: NasPurpose,
    /// Only for those who look after the racks.
    pub address: Option<Ipv4Addr>,
    /// Only for those who look after the racks.
    pub path: Option<ExportPath>,
    pub version: NfsVersion,
    /// What may be promised of it, in MiB; none: nobody counts.
    pub capacity_mib: Option<u64>,
    /// What is promised of it, in MiB.
    pub promised_mib: u64,
    /// How many private servers use it.
    pub used: u32,
}

/// A private server that uses a NAS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NasUser {
    pub name: Name,
    /// The server that it stands on; only for those who may see that server.
    pub server: Option<Name>,
    pub state: PrivateServerState,
}

/// A NAS, and who uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NasDetail {
    pub nas: NasView,
    /// Your own, by name.
    pub private_servers: Vec<NasUser>,
}

fn sample_view() -> NasView {
    NasView {
        id: NasId(1),
        name: sample_name("nas1"),
        purpose: NasPurpose::Roots,
        address: Some(Ipv4Addr::new(10, 77, 0, 20)),
        path: Some("/srv/private".parse().expect("the sample is a path")),
        version: NfsVersion::V42,
        capacity_mib: Some(2_000_000),
        promised_mib: 5_120,
        used: 1,
    }
}

action! {
    NasList, "nas.list", "List", "List network-attached storage: NFS exports for private servers.", Allot, Read,
    Nothing => Page<NasView>,
    columns ["name", "purpose", "address", "path", "version", "used", "promised_mib", "capacity_mib"];
    Nothing {};
    Page::whole(vec![sample_view()])
}

action! {
    NasShow, "nas.show", "Show", "Show one NAS, and which private servers use it.", Allot, Read,
    OneNas => NasDetail, main "nas";
    OneNas { nas: sample_name("nas1") };
    NasDetail {
        nas: sample_view(),
        private_servers: vec![NasUser {
            name: sample_name("web1"),
            server: Some(sample_name("r1-u07")),
            state: PrivateServerState::Running,
        }],
    }
}

action! {
    NasCreate, "nas.create", "Create",
    "Note an NFS export: for disks of private servers, which then move without copying and survive the death of their server, or for files that many read.",
    Configure, Change,
    NasCreateInput => NasView, main "name", check check_create, undo true;
    NasCreateInput {
        name: sample_name("nas1"),
        purpose: NasPurpose::Roots,
        address: Ipv4Addr::new(10, 77, 0, 20),
        path: "/srv/private".parse().expect("the sample is a path"),
        version: None,
        capacity_mib: Some(2_000_000),
    };
    sample_view()
}

action! {
    NasChange, "nas.change", "Change", "Give a NAS another name or capacity, and another address or path while nobody uses it.",
    Configure, Change,
    NasChangeInput => NasView, main "nas", check check_change, undo true;
    NasChangeInput {
        nas: sample_name("nas1"),
        name: Some(sample_name("nas2")),
        address: None,
        path: None,
        version: None,
        capacity_mib: Some(4_000_000),
    };
    NasView { name: sample_name("nas2"), ..sample_view() }
}

action! {
    NasRemove, "nas.remove", "Remove", "Forget a NAS that no private server uses; nothing on it is touched.", Configure, Destroy,
    NasRemoveInput => Done, main "nas", undo true;
    NasRemoveInput { nas: sample_name("nas1"), confirm: Some(sample_name("nas1")) };
    Done::new("NAS nas1 is removed.")
}

fn check_create(input: &NasCreateInput) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if input.purpose == NasPurpose::Shared && input.capacity_mib.is_some() {
        let problem = "is only for a NAS with disks: nothing is promised of files that are only read";
        problems.push(FieldProblem::new("capacity_mib", problem));
    }
    problems.extend(check_address(input.address));
    problems
}

fn check_change(input: &NasChangeInput) -> Vec<FieldProblem> {
    let NasChangeInput { nas: _, name, address, path, version, capacity_mib } = input;
    if name.is_none() && address.is_none() && path.is_none() && version.is_none() && capacity_mib.is_none() {
        let problem =
            "is missing, and so are address, path, version and capacity_mib: there is nothing to change";
        return vec![FieldProblem::new("name", problem)];
    }
    address.map(check_address).unwrap_or_default()
}

/// An address that one machine can have.
fn check_address(address: Ipv4Addr) -> Vec<FieldProblem> {
    let nobodys = address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_link_local();
    if nobodys {
        vec![FieldProblem::new("address", "is not an address of an NFS server")]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;

    #[test]
    fn names_everything_that_is_wrong() {
        let mut input = NasCreate::sample_input();
        assert_eq!(check_create(&input), []);
        (input.purpose, input.address) = (NasPurpose::Shared, Ipv4Addr::LOCALHOST);
        let fields: Vec<String> = check_create(&input).into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["capacity_mib", "address"]);
        let nothing = NasChangeInput { name: None, capacity_mib: None, ..NasChange::sample_input() };
        assert_eq!(check_change(&nothing).len(), 1);
    }
}
