//! The providers of an account.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::oidc::{OidcList, OidcListInput, OidcView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::oidc::oidc_list;

use crate::{Caller, Domain, account};

impl Handle<OidcList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OidcListInput) -> Result<Page<OidcView>, Fault> {
        let (attempted, actor) = ("list sign-in providers", caller.actor.clone());
        self.look(attempted, move |tx| {
            let account = account::chosen(tx, &actor, input.account.as_ref(), attempted)?;
            let rows = oidc_list(tx, account.id)?.into_iter().map(|row| super::view(tx, row));
            Ok(Page::whole(rows.collect::<Result<_, _>>()?))
        })
        .await
    }
}
