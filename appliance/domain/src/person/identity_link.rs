//! Linking oneself: with proof, because it is a new way in. The link is made when the browser comes back.

use rackwright_catalog::actions::identity::{IdentityLink, IdentityLinkInput};
use rackwright_catalog::actions::oidc::OidcBegun;
use rackwright_catalog::{Fault, Handle};
use rackwright_store::Connection;
use rackwright_store::oidc::{OidcRow, oidc_reachable};
use rackwright_store::person::person_get;

use super::second::take_present;
use crate::{Caller, Domain, Refusal, oidc};

impl Handle<IdentityLink, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: IdentityLinkInput) -> Result<OidcBegun, Fault> {
        let attempted = format!("link yourself to {}", input.name);
        super::not_as_guest(&caller.actor, &attempted)?;
        let person = super::account(&caller.actor, &attempted, "linked sign-in")?;
        let code = self.present(caller, person, (input.current, input.code), &attempted).await?;
        let (by_code, name, phrase) = (code.is_some(), input.name, attempted.clone());
        let at = self.now();
        let row = self
            .change(caller, &attempted, move |tx| {
                take_present(tx, code.as_ref(), person, at, &phrase)?;
                let path = person_get(tx, person)?.map(|person| person.account_path).unwrap_or_default();
                reachable(tx, &path, &name, &phrase)
            })
            .await?;
        if by_code {
            self.forgive_codes(caller.whence, &caller.actor.name);
        }
        let session = caller.actor.session_hash.clone();
        self.way_to_link(&row, &input.base, (person, session), &attempted).await
    }
}

/// The provider of this name by which people of the account with this path may sign in.
pub(super) fn reachable(
    tx: &Connection,
    path: &str,
    name: &rackwright_model::Name,
    attempted: &str,
) -> Result<OidcRow, Refusal> {
    let rows = oidc_reachable(tx, path)?;
    let row = rows.into_iter().find(|row| row.draft.name == *name);
    Ok(row.ok_or_else(|| oidc::unknown(attempted, name))?)
}
