//! `nas show`.

use rackwright_catalog::actions::nas::{NasDetail, NasShow, NasUser, OneNas};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::private_server::private_server_using;

use crate::{Caller, Domain};

impl Handle<NasShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneNas { nas }: OneNas) -> Result<NasDetail, Fault> {
        let attempted = format!("show NAS {nas}");
        let phrase = attempted.clone();
        let (nas, users) = self
            .look(&attempted, move |tx| {
                let nas = super::named(tx, &nas, &phrase)?;
                let users = private_server_using(tx, nas.id)?;
                Ok((nas, users))
            })
            .await?;
        let scope = caller.scope();
        let own = users.into_iter().filter(|row| scope.covers(&row.account_path));
        let users = own.map(|row| NasUser {
            state: row.state(self.presence.of(row.wanted.server).connected),
            server: scope.covers(&row.server_account_path).then_some(row.server_name),
            name: row.wanted.name,
        });
        Ok(NasDetail { private_servers: users.collect(), nas: super::view(&nas, &caller.actor) })
    }
}
