//! `private-server suspend` and `resume`: its files stay, and what its owner wanted before.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerResume, PrivateServerSuspend, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use serde_json::json;

use super::change::Step;
use super::imposed::{imposer, may_lift, takes_over};
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<PrivateServerSuspend, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        self.set_private_server_suspended(caller, &name, true).await
    }
}

impl Handle<PrivateServerResume, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        self.set_private_server_suspended(caller, &name, false).await
    }
}

impl Domain {
    async fn set_private_server_suspended(
        &self,
        caller: &Caller,
        name: &Name,
        suspended: bool,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("{} {name}", if suspended { "suspend" } else { "resume" });
        let actor = caller.actor.clone();
        self.alter(caller, name, &attempted, move |tx, row, draft, phrase| {
            let by = imposer(tx, &actor)?;
            let before = row.wanted.suspended_by.as_deref();
            if suspended && row.wanted.suspended && takes_over(by.as_deref(), before) {
                draft.suspended_by = by;
                return Ok(Step { said: format!("{} is suspended.", draft.name), ..Step::default() });
            }
            if row.wanted.suspended == suspended {
                let reason = if suspended { "it is suspended already" } else { "it is not suspended" };
                let advice = format!("Look at it with: rackwright private-server show {}", draft.name);
                return Err(conflict(phrase, reason, advice).into());
            }
            if !suspended && !may_lift(&actor, before) {
                let advice = format!(
                    "Whoever suspended it resumes it with: rackwright private-server resume {}",
                    draft.name
                );
                return Err(conflict(phrase, "those who provide it suspended it", advice).into());
            }
            draft.suspended = suspended;
            draft.suspended_by = by.filter(|_| suspended);
            let inverse = Inverse {
                action: if suspended { "private-server.resume" } else { "private-server.suspend" },
                input: json!({"private_server": draft.name}),
                thing: Thing::PrivateServerAccess(draft.name.clone()),
            };
            let said = match suspended {
                true => format!("{} is suspended.", draft.name),
                false => format!("{} is no longer suspended.", draft.name),
            };
            Ok(Step { inverse: Some(inverse), said, ..Step::default() })
        })
        .await
    }
}
