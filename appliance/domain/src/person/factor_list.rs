//! What somebody signs in with beside the password. Local root has none.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::factor::{FactorKind, FactorList, FactorListInput, FactorView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::{recovery_left, totp_get};
use rackwright_store::passkey::passkey_list;
use rackwright_store::person::person_get;

use crate::{Caller, Domain};

impl Handle<FactorList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: FactorListInput) -> Result<Page<FactorView>, Fault> {
        let (attempted, actor) = ("list second factors", caller.actor.clone());
        if input.user.is_none() && actor.id.is_none() {
            return Ok(Page::whole(Vec::new()));
        }
        let rows = self
            .look(attempted, move |tx| {
                let person = super::chosen(tx, &actor, input.user.as_deref(), attempted, "second factor")?;
                let user = person_get(tx, person)?.map(|person| person.name).unwrap_or_default();
                let view = |factor, created_at, used_at| FactorView {
                    user: user.clone(),
                    factor,
                    id: None,
                    label: None,
                    host: None,
                    left: None,
                    created_at,
                    used_at,
                };
                let app = totp_get(tx, person)?.and_then(|row| Some((row.confirmed_at?, row.used_at)));
                let app = app.map(|(created_at, used_at)| view(FactorKind::Totp, created_at, used_at));
                let passkeys = passkey_list(tx, person)?.into_iter().map(|row| FactorView {
                    id: Some(row.id),
                    label: Some(row.label),
                    host: Some(row.host),
                    ..view(FactorKind::Passkey, row.created_at, row.used_at)
                });
                let codes = recovery_left(tx, person)?.map(|row| FactorView {
                    left: Some(row.left),
                    ..view(FactorKind::RecoveryCodes, row.created_at, row.used_at)
                });
                Ok(app.into_iter().chain(passkeys).chain(codes).collect())
            })
            .await?;
        Ok(Page::whole(rows))
    }
}
