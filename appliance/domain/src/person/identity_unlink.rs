//! Ending a link. Sessions that it opened go on until they are revoked.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::identity::{IdentityUnlink, IdentityUnlinkInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::identity::identity_delete;
use rackwright_store::person::person_get;

use super::identity_link;
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain};

impl Handle<IdentityUnlink, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: IdentityUnlinkInput) -> Result<Done, Fault> {
        let (attempted, actor) = (format!("end the link to {}", input.name), caller.actor.clone());
        super::not_as_guest(&actor, &attempted)?;
        super::not_limited(&actor, &attempted)?;
        let (phrase, name) = (attempted.clone(), input.name.clone());
        let user = self
            .change(caller, &attempted, move |tx| {
                let person = super::chosen(tx, &actor, input.user.as_deref(), &phrase, "linked sign-in")?;
                let person = person_get(tx, person)?.ok_or_else(|| not_found(&phrase, "user", &person))?;
                let row = identity_link::reachable(tx, &person.account_path, &input.name, &phrase)?;
                if identity_delete(tx, row.id, person.id)? {
                    return Ok(person.name);
                }
                let reason = format!("{} is not linked to {}", person.name, row.draft.title);
                Err(conflict(phrase, reason, "Nothing needs to be done.").into())
            })
            .await?;
        Ok(Done::new(format!("{user} signs in by {name} no more.")))
    }
}
