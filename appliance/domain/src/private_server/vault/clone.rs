//! `private-server clone`: a new one begins with the files of another, on the same server.

use rackwright_catalog::actions::private_server::{
    CloneInput, PrivateServerClone, PrivateServerView, check_size,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::Power;
use rackwright_store::private_server::{PrivateServerDraft, private_server_get, private_server_insert};
use rackwright_store::server::server_get;

use super::free;
use crate::account::{self, naming};
use crate::private_server::address::Search;
use crate::private_server::placement::{self, server_is_own};
use crate::private_server::{create, mac, named, wanted};
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain};

impl Handle<PrivateServerClone, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: CloneInput) -> Result<PrivateServerView, Fault> {
        let attempted = format!("clone {} as {}", input.private_server, input.name);
        let (phrase, actor, at) = (attempted.clone(), caller.actor.clone(), self.now());
        let center = wanted::center(&self.site);
        let row = self
            .change(caller, &attempted, move |tx| {
                let first = named(tx, &actor.scope, &input.private_server, &phrase)?;
                let whose = input.account.as_ref().unwrap_or(&first.account_name);
                let account = account::chosen(tx, &actor, Some(whose), &phrase)?;
                free(tx, &first, &phrase)?;
                if !first.is_current() {
                    let reason = "its server has not carried out yet what was last wanted of it";
                    return Err(conflict(&phrase, reason, "Wait until it has, then clone it.").into());
                }
                server_is_own(&actor.scope, &first, &phrase)?;
                naming::private_server(tx, &actor, &account.path, &input.name, &phrase)?;
                create::free(tx, &input.name, &phrase)?;
                let server = server_get(tx, first.wanted.server)?
                    .ok_or_else(|| not_found(&phrase, "server", &first.server_name))?;
                let size = input.size.apply(&first.wanted.size);
                let problems = check_size(&size);
                if !problems.is_empty() {
                    return Err(Fault::invalid(&phrase, problems).into());
                }
                if size.disk_mib < first.wanted.size.disk_mib {
                    let reason = format!(
                        "its disk of {} MiB would be smaller than that of {}, whose files it begins with",
                        size.disk_mib, first.wanted.name
                    );
                    return Err(conflict(&phrase, reason, "Give it a larger disk.").into());
                }
                let need = placement::Need::new(&size, false, false);
                placement::admit(tx, &actor.scope, server.clone(), &need, None, &phrase)?;
                let search = Search { server: &server, actor: &actor, center, now: at, attempted: &phrase };
                let address = match input.address {
                    Some(address) => search.check(tx, address).map(|()| address)?,
                    None => search.lowest(tx)?,
                };
                if let Some(address) = input.address_v6 {
                    search.check_v6(tx, address)?;
                }
                let number = create::number(tx, &phrase)?;
                let draft = PrivateServerDraft {
                    number,
                    name: input.name,
                    server: server.id,
                    account: account.id,
                    template: first.wanted.template.clone(),
                    size,
                    address: Some(address),
                    address_v6: input.address_v6,
                    mac: mac::mac(number),
                    access: first.wanted.access.clone(),
                    power: input.power.unwrap_or(Power::On),
                    suspended: false,
                    suspended_by: None,
                    removing: false,
                    quarantine: false,
                    quarantine_imposed: false,
                    quarantine_by: None,
                    edition: 0,
                    boots: 0,
                    nas: None,
                    priority: first.wanted.priority,
                    origin: Some(first.wanted.number),
                };
                let id = private_server_insert(tx, &draft, at)?;
                private_server_get(tx, id)?
                    .ok_or_else(|| not_found(&phrase, "private-server", &draft.name).into())
            })
            .await?;
        self.made(&row).await;
        Ok(self.view(row, &caller.actor))
    }
}
