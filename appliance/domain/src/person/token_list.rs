//! One's own API tokens. Local root has none.

use rackwright_catalog::actions::token::{TokenList, TokenView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::token::{TokenRow, token_list};

use crate::{Caller, Domain};

impl Handle<TokenList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, _: Nothing) -> Result<Page<TokenView>, Fault> {
        let Some(person) = caller.actor.id else { return Ok(Page::whole(Vec::new())) };
        let tokens = self.look("list API tokens", move |tx| Ok(token_list(tx, person)?)).await?;
        Ok(Page::whole(tokens.into_iter().map(|token| view(token, &caller.actor.name)).collect()))
    }
}

fn view(token: TokenRow, user: &str) -> TokenView {
    TokenView {
        permissions: super::limits(&token),
        name: token.name,
        user: user.to_owned(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        used_at: token.used_at,
    }
}
