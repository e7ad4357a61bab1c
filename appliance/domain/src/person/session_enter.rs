//! Entering the panel of somebody below, without that person's password. It is on record on both sides.

use rackwright_catalog::actions::session::{SessionEnter, SessionEnterInput, SessionMoved};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_store::account::account_is_suspended;
use rackwright_store::audit::AuditDraft;
use rackwright_store::person::person_named;

use super::moving;
use super::session_show::view;
use crate::caller::Actor;
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain, publish, secret};

impl Handle<SessionEnter, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SessionEnterInput) -> Result<SessionMoved, Fault> {
        let attempted = format!("enter the panel of {}", input.user);
        let actor = caller.actor.clone();
        if let Some(behind) = &actor.behind {
            let reason = format!("{behind} is in the panel of {} already", actor.name);
            return Err(conflict(attempted, reason, "Return first: rackwright session leave"));
        }
        let Some(hash) = actor.session_hash.clone() else {
            let reason = format!("this call is made by {}, not in a session", actor.by);
            return Err(conflict(attempted, reason, "Sign in to a panel to enter another."));
        };
        let (phrase, at) = (attempted.clone(), self.now());
        let session = secret::credential(&*self.ports.chance, "rws");
        let (draft, by) = (caller.draft("done"), actor.name.clone());
        self.change(caller, &attempted, move |tx| {
            let host = person_named(tx, &actor.scope, &input.user)?
                .ok_or_else(|| not_found(&phrase, "user", &input.user))?;
            if !actor.scope.is_above(&host.account_path) {
                let reason = format!("{} is in your own account", host.name);
                let advice = "Only panels of accounts below yours can be entered.";
                return Err(Fault::new(FaultCode::Forbidden, &phrase, reason, advice).into());
            }
            if account_is_suspended(tx, &host.account_path)? {
                let advice = format!("Lift it with: rackwright account resume {}", host.account_name);
                return Err(conflict(&phrase, "the account is suspended", advice).into());
            }
            let expires_at = moving(tx, &hash, &session, Some(host.id), &phrase)?;
            // The row of the host's side; the caller's own is written with the change.
            let row = AuditDraft {
                actor: host.name.clone(),
                account: host.account,
                behind: Some(by.clone()),
                ..draft
            };
            publish::record(tx, at, &row, Vec::new())?;
            let view = view(tx, &Actor { behind: Some(by), ..Actor::person(&host, "session")? })?;
            Ok(SessionMoved { session, expires_at, view })
        })
        .await
    }
}
