//! Ending one's own API token at once.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::token::{TokenRevoke, TokenRevokeInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::token::token_delete;

use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<TokenRevoke, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: TokenRevokeInput) -> Result<Done, Fault> {
        let attempted = format!("revoke API token {}", input.name);
        super::not_as_guest(&caller.actor, &attempted)?;
        super::not_limited(&caller.actor, &attempted)?;
        let person = super::account(&caller.actor, &attempted, "API tokens")?;
        let (name, phrase) = (input.name.clone(), attempted.clone());
        self.change(caller, &attempted, move |tx| {
            if token_delete(tx, person, &name)? {
                Ok(())
            } else {
                Err(not_found(phrase, "token", &name).into())
            }
        })
        .await?;
        Ok(Done::new(format!("Token {} is revoked.", input.name)))
    }
}
