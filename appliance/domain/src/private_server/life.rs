//! `private-server start`, `stop` and `reboot`.

use rackwright_catalog::actions::private_server::{
    OnePrivateServer, PrivateServerReboot, PrivateServerStart, PrivateServerStop, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::{Phase, Power};

use super::change::{Step, not_suspended};
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<PrivateServerStart, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("start {name}");
        let said = format!("{name} is to start.");
        self.alter(caller, &name, &attempted, move |_, row, draft, phrase| {
            not_suspended(row, phrase)?;
            let was_on = draft.power == Power::On;
            draft.power = Power::On;
            // Told again, its server does not wait before it tries again.
            let again = row.phase == Some(Phase::Failed);
            Ok(Step { again, said: if was_on && !again { String::new() } else { said }, ..Step::default() })
        })
        .await
    }
}

impl Handle<PrivateServerStop, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("stop {name}");
        let said = format!("{name} is to stop.");
        self.alter(caller, &name, &attempted, move |_, row, draft, phrase| {
            not_suspended(row, phrase)?;
            let was_off = draft.power == Power::Off;
            draft.power = Power::Off;
            Ok(Step { said: if was_off { String::new() } else { said }, ..Step::default() })
        })
        .await
    }
}

impl Handle<PrivateServerReboot, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        OnePrivateServer { private_server: name }: OnePrivateServer,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("reboot {name}");
        let said = format!("{name} is to restart.");
        self.alter(caller, &name, &attempted, move |_, row, draft, phrase| {
            not_suspended(row, phrase)?;
            if draft.power == Power::Off {
                let advice = format!("Start it with: rackwright private-server start {}", draft.name);
                return Err(conflict(phrase, "it is stopped", advice).into());
            }
            draft.boots = draft.boots.wrapping_add(1);
            Ok(Step { said, ..Step::default() })
        })
        .await
    }
}
