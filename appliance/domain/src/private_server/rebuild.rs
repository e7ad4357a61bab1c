//! `private-server rebuild`: its files are discarded, and the template's take their place.

use rackwright_catalog::actions::private_server::{
    PrivateServerRebuild, PrivateServerRebuildInput, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};

use super::change::{Step, not_suspended};
use super::template;
use crate::refusal::confirmed;
use crate::{Caller, Domain};

impl Handle<PrivateServerRebuild, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerRebuildInput,
    ) -> Result<PrivateServerView, Fault> {
        let name = input.private_server.clone();
        let attempted = format!("rebuild {name}");
        self.alter(caller, &name, &attempted, move |tx, row, draft, phrase| {
            not_suspended(row, phrase)?;
            // A snapshot that is being made would be one of the new files.
            super::vault::idle(tx, row, phrase)?;
            let reason = "all its files would be discarded";
            confirmed(phrase, reason, "confirm", &draft.name, input.confirm.as_ref())?;
            let name = input.template.as_ref().unwrap_or(&draft.template.name);
            draft.template = template::chosen(tx, name, phrase)?;
            draft.edition = draft.edition.wrapping_add(1);
            let said = format!("{} begins again from template {}.", draft.name, draft.template.name);
            Ok(Step { said, ..Step::default() })
        })
        .await
    }
}
