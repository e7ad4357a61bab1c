//! The providers by which somebody may sign in, and who the person is there.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::identity::{IdentityList, IdentityListInput, IdentityView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::Connection;
use rackwright_store::identity::identity_of;
use rackwright_store::oidc::{OidcRow, oidc_reachable};
use rackwright_store::person::{Person, person_get};

use crate::refusal::not_found;
use crate::{Caller, Domain, Refusal};

impl Handle<IdentityList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: IdentityListInput) -> Result<Page<IdentityView>, Fault> {
        let (attempted, actor) = ("list linked sign-ins", caller.actor.clone());
        if input.user.is_none() && actor.id.is_none() {
            return Ok(Page::whole(Vec::new()));
        }
        self.look(attempted, move |tx| {
            let person = super::chosen(tx, &actor, input.user.as_deref(), attempted, "linked sign-in")?;
            let person = person_get(tx, person)?.ok_or_else(|| not_found(attempted, "user", &person))?;
            let rows = oidc_reachable(tx, &person.account_path)?;
            let views = rows.into_iter().map(|row| view(tx, &row, &person));
            Ok(Page::whole(views.collect::<Result<_, _>>()?))
        })
        .await
    }
}

pub(super) fn view(tx: &Connection, row: &OidcRow, person: &Person) -> Result<IdentityView, Refusal> {
    let identity = identity_of(tx, row.id, person.id)?;
    Ok(IdentityView {
        name: row.draft.name.clone(),
        title: row.draft.title.clone(),
        user: person.name.clone(),
        subject: identity.as_ref().map(|identity| identity.subject.clone()),
        known_as: identity.as_ref().and_then(|identity| identity.known_as.clone()),
        linked_at: identity.as_ref().map(|identity| identity.created_at),
        used_at: identity.and_then(|identity| identity.used_at),
    })
}
