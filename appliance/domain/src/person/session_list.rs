//! Where somebody is signed in.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::session::{SessionList, SessionListInput, SessionRow as View};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::UserId;
use rackwright_store::Connection;
use rackwright_store::person::person_get;
use rackwright_store::session::{SessionRow, session_list};

use crate::caller::Actor;
use crate::{Caller, Domain, Refusal};

impl Handle<SessionList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionListInput) -> Result<Page<View>, Fault> {
        let (attempted, actor, now) = ("list sessions", caller.actor.clone(), self.now());
        if input.user.is_none() && actor.id.is_none() {
            return Ok(Page::whole(Vec::new()));
        }
        let rows = self
            .look(attempted, move |tx| {
                let person = super::chosen(tx, &actor, input.user.as_deref(), attempted, "sessions")?;
                let user = name(tx, Some(person))?.unwrap_or_default();
                session_list(tx, person, now)?.into_iter().map(|row| view(tx, row, &user, &actor)).collect()
            })
            .await?;
        Ok(Page::whole(rows))
    }
}

fn view(tx: &Connection, row: SessionRow, user: &str, actor: &Actor) -> Result<View, Refusal> {
    Ok(View {
        current: actor.session_hash.as_ref() == Some(&row.hash),
        user: user.to_owned(),
        acting_as: name(tx, row.acting_as)?,
        id: row.id,
        by: row.origin,
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
    })
}

fn name(tx: &Connection, id: Option<UserId>) -> Result<Option<String>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    Ok(person_get(tx, id)?.map(|person| person.name))
}
