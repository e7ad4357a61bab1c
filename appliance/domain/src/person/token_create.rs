//! Making an API token. It is shown once; its fingerprint is kept.

use rackwright_catalog::actions::token::{TokenCreate, TokenCreateInput, TokenCreated};
use rackwright_catalog::{Fault, FieldProblem, Handle, Permission};
use rackwright_store::StoreError;
use rackwright_store::person::person_get;
use rackwright_store::token::{TokenRow, token_insert, token_list};

use crate::caller::Actor;
use crate::refusal::conflict;
use crate::{Caller, Domain, Refusal, secret};

/// How long a token lasts when nobody says.
const DAYS: u32 = 90;
/// Tokens of one person, whose list is shown whole.
const MOST: usize = 200;

impl Handle<TokenCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: TokenCreateInput) -> Result<TokenCreated, Fault> {
        let attempted = format!("create API token {}", input.name);
        super::not_as_guest(&caller.actor, &attempted)?;
        let limits = limits(&caller.actor, input.permissions, &attempted)?;
        let token = secret::credential(&*self.ports.chance, "rwt");
        let (hash, at, phrase) = (secret::fingerprint(&token), self.now(), attempted.clone());
        let asked = at.plus(i64::from(input.days.unwrap_or(DAYS)) * 86_400_000);
        // Nor does it outlive the token that makes it: else one that leaked would renew itself for ever.
        let expires_at = caller.actor.token_until.map_or(asked, |until| asked.min(until));
        let (actor, name) = (caller.actor.clone(), input.name.clone());
        self.change(caller, &attempted, move |tx| {
            let person = super::chosen(tx, &actor, input.user.as_deref(), &phrase, "API tokens")?;
            if let Some(limits) = &limits {
                let owner = person_get(tx, person)?.map(|owner| super::role(&owner)).transpose()?;
                let beyond = |permission: &&Permission| owner.is_none_or(|role| !role.grants(**permission));
                if let Some(word) = limits.iter().find(beyond).map(|permission| permission.word()) {
                    let problem =
                        FieldProblem::new("permissions", format!("{word} is more than its user may do"));
                    return Err(Fault::invalid(phrase, vec![problem]).into());
                }
            }
            if token_list(tx, person)?.len() >= MOST {
                let reason = format!("there are {MOST} API tokens of this user already");
                let advice = "End those that are not needed: rackwright token list, then token revoke NAME";
                return Err(conflict(phrase, reason, advice).into());
            }
            let permissions = limits.map(|list| list.iter().map(|word| word.word().to_owned()).collect());
            let row =
                TokenRow { name: input.name, person, permissions, created_at: at, expires_at, used_at: None };
            token_insert(tx, &hash, &row).map_err(|error| taken(error, phrase, &row))
        })
        .await?;
        Ok(TokenCreated { name, token, expires_at })
    }
}

/// A token that makes a token cannot make it mightier than itself.
fn limits(
    actor: &Actor,
    asked: Option<Vec<Permission>>,
    attempted: &str,
) -> Result<Option<Vec<Permission>>, Fault> {
    let Some(own) = &actor.limits else { return Ok(asked) };
    let Some(asked) = asked else { return Ok(Some(own.clone())) };
    match asked.iter().find(|permission| !own.contains(permission)) {
        None => Ok(Some(asked)),
        Some(beyond) => {
            let problem = format!("{} is more than the token may do that you call with", beyond.word());
            Err(Fault::invalid(attempted, vec![FieldProblem::new("permissions", problem)]))
        }
    }
}

fn taken(error: StoreError, attempted: String, row: &TokenRow) -> Refusal {
    if !matches!(error, StoreError::Taken { .. }) {
        return error.into();
    }
    let reason = format!("there is an API token {} already", row.name);
    conflict(
        attempted,
        reason,
        format!("Choose another name, or end it with: rackwright token revoke {}", row.name),
    )
    .into()
}
