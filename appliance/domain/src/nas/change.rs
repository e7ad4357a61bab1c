//! `nas change`: where it is changes only while nobody uses it.

use rackwright_catalog::actions::nas::{NasChange, NasChangeInput, NasView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::nas::NasPurpose;
use rackwright_store::nas::{Nas, NasDraft, nas_change};
use serde_json::json;

use crate::private_server::check_nas_address;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, Refusal};

impl Handle<NasChange, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: NasChangeInput) -> Result<NasView, Fault> {
        let attempted = format!("change NAS {}", input.nas);
        let phrase = attempted.clone();
        let (site, actor) = (self.site.clone(), caller.actor.clone());
        let nas = self
            .reversible(caller, &attempted, move |tx| {
                let nas = super::named(tx, &input.nas, &phrase)?;
                if let Some(name) = input.name.as_ref().filter(|name| **name != nas.draft.name) {
                    super::free(tx, name, &phrase)?;
                }
                capacity(&nas, input.capacity_mib, &phrase)?;
                let mut draft = nas.draft.clone();
                draft.address = input.address.unwrap_or(draft.address);
                draft.path = input.path.unwrap_or(draft.path);
                draft.version = input.version.unwrap_or(draft.version);
                let moves = (draft.address, &draft.path, draft.version)
                    != (nas.draft.address, &nas.draft.path, nas.draft.version);
                if moves && nas.used > 0 {
                    let reason = format!("private servers use it: {}", nas.used);
                    let advice =
                        "Make another NAS for the other export, or remove those private servers first.";
                    return Err(conflict(&phrase, reason, advice).into());
                }
                if draft.address != nas.draft.address {
                    check_nas_address(tx, &site, &actor, draft.address, &phrase)?;
                }
                draft.name = input.name.unwrap_or(draft.name);
                draft.capacity_mib = input.capacity_mib.or(draft.capacity_mib);
                nas_change(tx, nas.id, &draft)?;
                Ok((super::named(tx, &draft.name, &phrase)?, back(&nas.draft, &draft)))
            })
            .await?;
        Ok(super::view(&nas, &caller.actor))
    }
}

/// How it is changed back; none when nothing changed, or when nobody counted before what is promised of it.
fn back(before: &NasDraft, after: &NasDraft) -> Option<Inverse> {
    if before == after || (before.capacity_mib.is_none() && after.capacity_mib.is_some()) {
        return None;
    }
    let mut input = json!({
        "nas": after.name, "name": before.name, "address": before.address, "path": before.path,
        "version": before.version,
    });
    if before.capacity_mib != after.capacity_mib {
        input["capacity_mib"] = json!(before.capacity_mib);
    }
    Some(Inverse { action: "nas.change", input, thing: Thing::Nas(after.name.clone()) })
}

/// That so much may be promised of it.
fn capacity(nas: &Nas, asked: Option<u64>, attempted: &str) -> Result<(), Refusal> {
    let Some(asked) = asked else { return Ok(()) };
    let problem = if nas.draft.purpose == NasPurpose::Shared {
        "is only for a NAS with disks: nothing is promised of files that are only read".to_owned()
    } else if asked < nas.promised_mib {
        format!("is less than the {} MiB that are promised already", nas.promised_mib)
    } else {
        return Ok(());
    };
    Err(Fault::invalid(attempted, vec![FieldProblem::new("capacity_mib", problem)]).into())
}
