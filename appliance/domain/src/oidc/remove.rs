//! Nobody signs in by this provider any more.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::oidc::{OidcRemove, OneOidc};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::oidc::oidc_delete;

use crate::{Caller, Domain};

impl Handle<OidcRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneOidc) -> Result<Done, Fault> {
        let (attempted, actor) = (format!("remove sign-in provider {}", input.name), caller.actor.clone());
        let (phrase, name) = (attempted.clone(), input.name.clone());
        self.change(caller, &attempted, move |tx| {
            let row = super::chosen(tx, &actor, input.account.as_ref(), &input.name, &phrase)?;
            Ok(oidc_delete(tx, row.id)?)
        })
        .await?;
        Ok(Done::new(format!("Nobody signs in by {name} any more.")))
    }
}
