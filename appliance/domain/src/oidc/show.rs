//! One provider. Its client secret is never shown.

use rackwright_catalog::actions::oidc::{OidcShow, OidcView, OneOidc};
use rackwright_catalog::{Fault, Handle};

use crate::{Caller, Domain};

impl Handle<OidcShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneOidc) -> Result<OidcView, Fault> {
        let (attempted, actor) = (format!("show sign-in provider {}", input.name), caller.actor.clone());
        let phrase = attempted.clone();
        self.look(&attempted, move |tx| {
            super::view(tx, super::chosen(tx, &actor, input.account.as_ref(), &input.name, &phrase)?)
        })
        .await
    }
}
