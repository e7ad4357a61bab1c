//! `private-server quarantine` and `release`. Whoever has a private server may do both; but what those put in quarantine who
//! provide it, only they release.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerQuarantine, PrivateServerRelease, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle, Permission};
use rackwright_model::Name;
use serde_json::json;

use super::change::Step;
use super::imposed::{imposer, may_lift, takes_over};
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<PrivateServerQuarantine, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        self.set_quarantine(caller, &name, true).await
    }
}

impl Handle<PrivateServerRelease, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        self.set_quarantine(caller, &name, false).await
    }
}

impl Domain {
    async fn set_quarantine(
        &self,
        caller: &Caller,
        name: &Name,
        quarantine: bool,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = match quarantine {
            true => format!("put {name} in quarantine"),
            false => format!("release {name} from quarantine"),
        };
        // A token that is limited imposes like the person behind it, and releases no more than it may.
        let imposes = quarantine && caller.actor.role.grants(Permission::Allot);
        let releases = caller.actor.may(Permission::Allot);
        let actor = caller.actor.clone();
        self.alter(caller, name, &attempted, move |tx, row, draft, phrase| {
            let by = if imposes { imposer(tx, &actor)? } else { None };
            let before = row.wanted.quarantine_by.as_deref();
            let anew = !row.wanted.quarantine_imposed || takes_over(by.as_deref(), before);
            if imposes && row.wanted.quarantine && anew {
                draft.quarantine_imposed = true;
                draft.quarantine_by = by;
                return Ok(Step { said: format!("{} is in quarantine.", draft.name), ..Step::default() });
            }
            if row.wanted.quarantine == quarantine {
                let reason =
                    if quarantine { "it is in quarantine already" } else { "it is not in quarantine" };
                let advice = format!("Look at it with: rackwright private-server show {}", draft.name);
                return Err(conflict(phrase, reason, advice).into());
            }
            let kept = (row.wanted.quarantine_imposed && !releases) || !may_lift(&actor, before);
            if !quarantine && kept {
                let advice = format!(
                    "Whoever put it in quarantine releases it with: rackwright private-server release {}",
                    draft.name
                );
                return Err(conflict(phrase, "those who provide it put it in quarantine", advice).into());
            }
            draft.quarantine = quarantine;
            draft.quarantine_imposed = imposes;
            draft.quarantine_by = by;
            let inverse = Inverse {
                action: if quarantine { "private-server.release" } else { "private-server.quarantine" },
                input: json!({"private_server": draft.name}),
                thing: Thing::PrivateServerNetwork(draft.name.clone()),
            };
            let said = match quarantine {
                true => format!("{} is in quarantine.", draft.name),
                false => format!("{} is back on the network.", draft.name),
            };
            Ok(Step { inverse: Some(inverse), said, ..Step::default() })
        })
        .await
    }
}
