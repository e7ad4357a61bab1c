//! What somebody signs in with beside the password. Local root has none.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::factor::{FactorKind, FactorList, FactorListInput, FactorView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::factor::{recovery_left, totp_get};
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
                let app = totp_get(tx, person)?.and_then(|row| Some((row.confirmed_at?, row.used_at)));
                let app = app.map(|(created_at, used_at)| FactorView {
                    user: user.clone(),
                    factor: FactorKind::Totp,
                    left: None,
                    created_at,
                    used_at,
                });
                let codes = recovery_left(tx, person)?.map(|row| FactorView {
                    user,
                    factor: FactorKind::RecoveryCodes,
                    left: Some(row.left),
                    created_at: row.created_at,
                    used_at: row.used_at,
                });
                Ok(app.into_iter().chain(codes).collect())
            })
            .await?;
        Ok(Page::whole(rows))
    }
}
