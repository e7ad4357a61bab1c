//! `private-server remove`: the intent goes to its server; the record goes when nothing of it is left there.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::private_server::{PrivateServerRemove, PrivateServerRemoveInput};
use rackwright_catalog::{Fault, Handle};

use super::change::Step;
use crate::refusal::unconfirmed;
use crate::{Caller, Domain};

impl Handle<PrivateServerRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        PrivateServerRemoveInput { private_server: name, confirm }: PrivateServerRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove private server {name}");
        self.alter(caller, &name, &attempted, move |_, _, draft, phrase| {
            if confirm.as_ref() != Some(&draft.name) {
                let reason = "it would be stopped, and all its files and snapshots destroyed; its backups would stay for 30 days";
                return Err(unconfirmed(phrase, reason, "confirm", &draft.name).into());
            }
            draft.removing = true;
            Ok(Step { said: format!("{} is being removed.", draft.name), ..Step::default() })
        })
        .await?;
        Ok(Done::new(format!("{name} is being removed.")))
    }
}
