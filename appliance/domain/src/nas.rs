//! Network-attached storage: exports for disks of private servers, and for files that they read.

mod change;
mod create;
mod list;
mod remove;
mod show;

use rackwright_catalog::actions::nas::NasView;
use rackwright_catalog::{Fault, FieldProblem, Permission};
use rackwright_model::nas::{MountPoint, NasPurpose};
use rackwright_model::private_server::Size;
use rackwright_model::{Name, NasId, PrivateServerId};
use rackwright_store::Connection;
use rackwright_store::nas::{Nas, nas_get, nas_named, share_insert, share_of};

use crate::Refusal;
use crate::caller::Actor;
use crate::refusal::{conflict, not_found};

/// The NAS with this name, or the fault that there is none.
fn named(tx: &Connection, name: &Name, attempted: &str) -> Result<Nas, Refusal> {
    nas_named(tx, name)?.ok_or_else(|| not_found(attempted, "nas", name).into())
}

/// That no NAS has this name yet.
fn free(tx: &Connection, name: &Name, attempted: &str) -> Result<(), Refusal> {
    if nas_named(tx, name)?.is_none() {
        return Ok(());
    }
    let reason = format!("there is a NAS {name} already");
    Err(conflict(attempted, reason, "Choose another name.").into())
}

/// The NAS with this name, if it takes disks and has room for one of this size.
///
/// # Errors
/// The fault says what it is for, or how much is promised.
pub(crate) fn for_disks(
    tx: &Connection,
    name: &Name,
    size: &Size,
    attempted: &str,
) -> Result<NasId, Refusal> {
    let nas = named(tx, name, attempted)?;
    if nas.draft.purpose != NasPurpose::Roots {
        let problem = format!("{name} holds files that private servers read, and no disks");
        return Err(Fault::invalid(attempted, vec![FieldProblem::new("nas", problem)]).into());
    }
    room(&nas, u64::from(size.disk_mib), attempted)?;
    Ok(nas.id)
}

/// That a disk on a NAS may have another size.
///
/// # Errors
/// The fault says that it does not shrink, or how much is promised.
pub(crate) fn fits(
    tx: &Connection,
    nas: NasId,
    before: &Size,
    after: &Size,
    attempted: &str,
) -> Result<(), Refusal> {
    if after.disk_mib < before.disk_mib {
        let problem =
            format!("is less than {} MiB: a disk on a NAS can grow, but not shrink", before.disk_mib);
        return Err(Fault::invalid(attempted, vec![FieldProblem::new("size.disk_mib", problem)]).into());
    }
    let Some(nas) = nas_get(tx, nas)? else { return Ok(()) };
    room(&nas, u64::from(after.disk_mib - before.disk_mib), attempted)
}

/// That so much more may be promised of it.
fn room(nas: &Nas, more_mib: u64, attempted: &str) -> Result<(), Refusal> {
    let Some(whole) = nas.draft.capacity_mib else { return Ok(()) };
    let promised = nas.promised_mib;
    if promised + more_mib <= whole {
        return Ok(());
    }
    let reason = format!(
        "NAS {} is short: {promised} MiB is promised, {more_mib} MiB is asked for, and there is {whole} MiB",
        nas.draft.name
    );
    let advice =
        "Choose another NAS, or tell of its room with: rackwright nas change NAME --capacity-mib MIB";
    Err(conflict(attempted, reason, advice).into())
}

/// Let a private server read the files of a NAS.
///
/// # Errors
/// The fault says what that NAS is for, or what is in the way inside.
pub(crate) fn share(
    tx: &Connection,
    private_server: PrivateServerId,
    name: &Name,
    at: &MountPoint,
    attempted: &str,
) -> Result<(), Refusal> {
    let nas = named(tx, name, attempted)?;
    if nas.draft.purpose != NasPurpose::Shared {
        let problem = format!("{name} holds disks of private servers, which nobody else reads");
        return Err(Fault::invalid(attempted, vec![FieldProblem::new("nas", problem)]).into());
    }
    if let Some(other) = share_of(tx, private_server)?.into_iter().find(|other| other.at.meets(at)) {
        let problem = format!("would hide {} of {}, or be hidden by it", other.at, other.nas_name);
        return Err(Fault::invalid(attempted, vec![FieldProblem::new("at", problem)]).into());
    }
    Ok(share_insert(tx, private_server, nas.id, at)?)
}

/// Where it is, only those are told who look after the racks.
fn view(nas: &Nas, actor: &Actor) -> NasView {
    let inspects = actor.may(Permission::Inspect);
    NasView {
        id: nas.id,
        name: nas.draft.name.clone(),
        purpose: nas.draft.purpose,
        address: inspects.then_some(nas.draft.address),
        path: inspects.then(|| nas.draft.path.clone()),
        version: nas.draft.version,
        capacity_mib: nas.draft.capacity_mib,
        promised_mib: nas.promised_mib,
        used: nas.used,
    }
}
