//! A provider, asked at once whether it is one.

use rackwright_catalog::actions::oidc::{OidcSet, OidcSetInput, OidcView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::AccountId;
use rackwright_store::Connection;
use rackwright_store::account::Account;
use rackwright_store::identity::identity_delete_all;
use rackwright_store::oidc::{
    OidcDraft, OidcRow, oidc_change, oidc_get, oidc_insert, oidc_named, oidc_on_the_way,
};

use super::{outward, purpose};
use crate::caller::Actor;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal, account, person};

impl Handle<OidcSet, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OidcSetInput) -> Result<OidcView, Fault> {
        let (attempted, actor) = (format!("set sign-in provider {}", input.name), caller.actor.clone());
        person::not_as_guest(&actor, &attempted)?;
        let (asked, phrase, looking) = (input.clone(), attempted.clone(), actor.clone());
        let (account, _) = self.look(&attempted, move |tx| place(tx, &looking, &asked, &phrase)).await?;
        let reach = outward::reach(account.id);
        outward::issuer(&input.issuer, reach, &attempted)?;
        self.discover(&input.issuer, reach)
            .await
            .map_err(|trouble| trouble.told_to_owner(&input.issuer, &attempted))?;
        let sealed = input.client_secret.as_deref().map(|clear| {
            let purpose = purpose(account.id, &input.name, &input.issuer);
            self.secrets.seal(&*self.ports.chance, &purpose, clear)
        });
        let (phrase, at) = (attempted.clone(), self.now());
        self.change(caller, &attempted, move |tx| {
            let (account, before) = place(tx, &actor, &input, &phrase)?;
            let draft = draft(tx, &actor, input, (&account, before.as_ref()), sealed, &phrase)?;
            let id = match before {
                None => oidc_insert(tx, account.id, &draft, at)?,
                Some(before) => {
                    // Another issuer calls other people by the same subjects.
                    if before.draft.issuer != draft.issuer {
                        identity_delete_all(tx, before.id)?;
                    }
                    oidc_change(tx, before.id, &draft)?;
                    before.id
                }
            };
            let row = oidc_get(tx, id)?.ok_or_else(|| super::unknown(&phrase, &draft.name))?;
            super::view(tx, row)
        })
        .await
    }
}

/// The account, and what it has under this name.
fn place(
    tx: &Connection,
    actor: &Actor,
    input: &OidcSetInput,
    attempted: &str,
) -> Result<(Account, Option<OidcRow>), Refusal> {
    let account = account::chosen(tx, actor, input.account.as_ref(), attempted)?;
    // So that a name means one provider to everybody who may sign in by it.
    if oidc_on_the_way(tx, &account.path, &input.name)? {
        let reason =
            format!("an account above or below {} has a provider {} already", account.name, input.name);
        return Err(conflict(attempted, reason, "Choose another name.").into());
    }
    let before = oidc_named(tx, account.id, &input.name)?;
    Ok((account, before))
}

fn draft(
    tx: &Connection,
    actor: &Actor,
    input: OidcSetInput,
    (account, before): (&Account, Option<&OidcRow>),
    sealed: Option<String>,
    attempted: &str,
) -> Result<OidcDraft, Refusal> {
    let client_secret = match before {
        Some(OidcRow { draft, .. }) if sealed.is_none() && draft.client_secret.is_some() => {
            if draft.issuer != input.issuer {
                let problem = "is needed again: the old one is not shown to another issuer";
                return Err(
                    Fault::invalid(attempted, vec![FieldProblem::new("client_secret", problem)]).into()
                );
            }
            draft.client_secret.clone()
        }
        _ => sealed,
    };
    let people = match input.role {
        None => None,
        Some(role) => {
            let home = match &input.people_account {
                None => account.clone(),
                Some(name) => account::named(tx, &actor.scope, name, attempted)?,
            };
            within(account, &home, attempted)?;
            person::may_give(actor, role, home.tier, attempted)?;
            Some((role.word().to_owned(), home.id))
        }
    };
    Ok(OidcDraft {
        name: input.name,
        title: input.title,
        issuer: input.issuer,
        client_id: input.client_id,
        client_secret,
        claim: input.claim.unwrap_or_default().word().to_owned(),
        people,
    })
}

/// A provider lets people into its own account and those below it.
fn within(account: &Account, home: &Account, attempted: &str) -> Result<(), Refusal> {
    if home.path.starts_with(&account.path) || account.id == AccountId::PROVIDER {
        return Ok(());
    }
    let problem = format!("is not {} nor below it", account.name);
    Err(Fault::invalid(attempted, vec![FieldProblem::new("people_account", problem)]).into())
}
