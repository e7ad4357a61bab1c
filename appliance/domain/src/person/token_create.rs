//! Making an API token. It is shown once; its fingerprint is kept.

use rackwright_catalog::actions::token::{TokenCreate, TokenCreateInput, TokenCreated};
use rackwright_catalog::{Fault, FaultCode, Handle, Permission};
use rackwright_model::UserId;
use rackwright_store::StoreError;
use rackwright_store::person::person_named;
use rackwright_store::token::{TokenRow, token_insert};

use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain, Refusal, secret};

/// How long a token lasts when nobody says.
const DAYS: u32 = 90;

impl Handle<TokenCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: TokenCreateInput) -> Result<TokenCreated, Fault> {
        let attempted = format!("create API token {}", input.name);
        let person = match &input.user {
            Some(user) if *user != caller.actor.name => self.other(caller, user, &attempted).await?,
            _ => super::account(&caller.actor, &attempted, "API tokens")?,
        };
        let token = secret::credential(&*self.ports.chance, "rwt");
        let (hash, at, phrase) = (secret::fingerprint(&token), self.now(), attempted.clone());
        let expires_at = at.plus(i64::from(input.days.unwrap_or(DAYS)) * 86_400_000);
        let row = TokenRow { name: input.name.clone(), person, created_at: at, expires_at, used_at: None };
        self.change(caller, &attempted, move |tx| {
            token_insert(tx, &hash, &row).map_err(|error| taken(error, phrase, &row))
        })
        .await?;
        Ok(TokenCreated { name: input.name, token, expires_at })
    }
}

impl Domain {
    /// Somebody else, for whom only those may act who may create people.
    async fn other(&self, caller: &Caller, user: &str, attempted: &str) -> Result<UserId, Fault> {
        if !caller.actor.role.grants(Permission::Administer) {
            return Err(Fault::new(
                FaultCode::Forbidden,
                attempted,
                format!("the role {} does not allow it for somebody else", caller.actor.role.word()),
                "Leave the user out to make a token of your own.",
            ));
        }
        let (name, phrase) = (user.to_owned(), attempted.to_owned());
        self.look(attempted, move |tx| {
            let person = person_named(tx, &name)?.ok_or_else(|| not_found(phrase, "user", &name))?;
            Ok(person.id)
        })
        .await
    }
}

fn taken(error: StoreError, attempted: String, row: &TokenRow) -> Refusal {
    if !matches!(error, StoreError::Taken { .. }) {
        return error.into();
    }
    let reason = format!("you have an API token {} already", row.name);
    conflict(
        attempted,
        reason,
        format!("Choose another name, or end it with: rackwright token revoke {}", row.name),
    )
    .into()
}
