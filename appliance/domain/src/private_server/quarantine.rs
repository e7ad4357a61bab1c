//! `private-server quarantine` and `release`.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerQuarantine, PrivateServerRelease, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use serde_json::json;

use super::change::Step;
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
        self.alter(caller, name, &attempted, move |_, row, draft, phrase| {
            if row.wanted.quarantine == quarantine {
                let reason =
                    if quarantine { "it is in quarantine already" } else { "it is not in quarantine" };
                let advice = format!("Look at it with: rackwright private-server show {}", draft.name);
                return Err(conflict(phrase, reason, advice).into());
            }
            draft.quarantine = quarantine;
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
