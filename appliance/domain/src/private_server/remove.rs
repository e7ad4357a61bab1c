//! `private-server remove`: the intent goes to its server; the record goes when nothing of it is left there.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::private_server::{PrivateServerRemove, PrivateServerRemoveInput};
use rackwright_catalog::{Fault, Handle};

use rackwright_store::private_server::private_server_cloning;

use super::change::Step;
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain};

impl Handle<PrivateServerRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        PrivateServerRemoveInput { private_server: name, confirm }: PrivateServerRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove private server {name}");
        self.alter(caller, &name, &attempted, move |tx, before, draft, phrase| {
            let reason = "it would be stopped, and all its files and snapshots destroyed; its backups would stay for 30 days";
            confirmed(phrase, reason, "confirm", &draft.name, confirm.as_ref())?;
            if let Some(clone) = private_server_cloning(tx, before)? {
                let reason = format!("{clone} begins with its files and may not have them yet");
                let advice = format!(
                    "Wait until {clone} runs or is stopped, or remove it first with: rackwright private-server remove {clone}"
                );
                return Err(conflict(phrase, reason, advice).into());
            }
            super::vault::idle(tx, before, phrase)?;
            draft.removing = true;
            Ok(Step { said: format!("{} is being removed.", draft.name), ..Step::default() })
        })
        .await?;
        Ok(Done::new(format!("{name} is being removed.")))
    }
}
