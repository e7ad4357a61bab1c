//! Linking somebody whom one manages.

use rackwright_catalog::actions::identity::{IdentityBind, IdentityBindInput, IdentityView};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_store::identity::IdentityRow;

use super::{identity_link, identity_list, managed};
use crate::{Caller, Domain, oidc};

impl Handle<IdentityBind, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: IdentityBindInput) -> Result<IdentityView, Fault> {
        let attempted = format!("link {} to {}", input.user, input.name);
        super::not_as_guest(&caller.actor, &attempted)?;
        let (actor, phrase, at) = (caller.actor.clone(), attempted.clone(), self.now());
        self.change(caller, &attempted, move |tx| {
            let person = managed(tx, &actor, &input.user, &phrase)?;
            let row = identity_link::reachable(tx, &person.account_path, &input.name, &phrase)?;
            // Else somebody below could claim who others are to a provider that is not theirs.
            if !actor.scope.covers(&row.account_path) {
                let reason = format!("{} is a provider of an account above yours", row.draft.name);
                let advice = "Let the person link itself under Linked sign-ins.";
                return Err(Fault::new(FaultCode::Forbidden, phrase, reason, advice).into());
            }
            let identity = IdentityRow {
                provider: row.id,
                subject: input.subject,
                person: person.id,
                known_as: None,
                created_at: at,
                used_at: None,
            };
            oidc::bind(tx, &row, &identity, &phrase)?;
            identity_list::view(tx, &row, &person)
        })
        .await
    }
}
