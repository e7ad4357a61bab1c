//! `private-server create`.

use rackwright_catalog::actions::private_server::{
    PrivateServerCreate, PrivateServerCreateInput, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Scope;
use rackwright_model::private_server::{Number, Power, RootAccess};
use rackwright_store::Connection;
use rackwright_store::private_server::{
    PrivateServer, PrivateServerDraft, private_server_get, private_server_insert, private_server_named,
    private_server_number,
};

use super::address::Search;
use super::placement::{self, Need};
use super::{mac, password, template, wanted};
use crate::account::{self, naming};
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain, Refusal, nas, server};

/// Of one that nobody prioritised.
const PRIORITY: u32 = 5;

impl Handle<PrivateServerCreate, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        mut input: PrivateServerCreateInput,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("create private server {}", input.name);
        let password = input.password.take();
        let hash = password
            .map(|password| password::crypt(&*self.ports.chance, &password, &attempted))
            .transpose()?;
        let access = RootAccess { ssh_keys: std::mem::take(&mut input.ssh_keys), password_hash: hash };
        let (phrase, actor, at) = (attempted.clone(), caller.actor.clone(), self.now());
        let center = wanted::center(&self.site);
        let row = self
            .change(caller, &attempted, move |tx| {
                let account = account::chosen(tx, &actor, input.account.as_ref(), &phrase)?;
                let chosen = input.server.as_ref().map(|name| server::named(tx, &actor.scope, name, &phrase));
                naming::private_server(tx, &actor, &account.path, &input.name, &phrase)?;
                free(tx, &input.name, &phrase)?;
                let template = template::chosen(tx, &input.template, &phrase)?;
                let nas = input
                    .nas
                    .as_ref()
                    .map(|name| nas::for_disks(tx, name, &input.size, &phrase))
                    .transpose()?;
                let need = Need::new(&input.size, nas.is_some(), !input.shares.is_empty());
                let server =
                    placement::place(tx, &actor.scope, chosen.transpose()?, &|_| true, &need, &phrase)?;
                let search = Search { server: &server, actor: &actor, center, now: at, attempted: &phrase };
                let address = match input.address {
                    Some(address) => search.check(tx, address).map(|()| address)?,
                    None => search.lowest(tx)?,
                };
                if let Some(address) = input.address_v6 {
                    search.check_v6(tx, address)?;
                }
                let number = number(tx, &phrase)?;
                let draft = PrivateServerDraft {
                    number,
                    name: input.name,
                    server: server.id,
                    account: account.id,
                    template,
                    size: input.size,
                    address: Some(address),
                    address_v6: input.address_v6,
                    mac: mac::mac(number),
                    access,
                    power: input.power.unwrap_or(Power::On),
                    suspended: false,
                    suspended_by: None,
                    removing: false,
                    quarantine: false,
                    quarantine_imposed: false,
                    quarantine_by: None,
                    edition: 0,
                    boots: 0,
                    nas,
                    priority: input.priority.unwrap_or(PRIORITY),
                    origin: None,
                };
                let id = private_server_insert(tx, &draft, at)?;
                for share in &input.shares {
                    nas::share(tx, id, &share.nas, &share.at, &phrase)?;
                }
                private_server_get(tx, id)?
                    .ok_or_else(|| not_found(&phrase, "private-server", &draft.name).into())
            })
            .await?;
        self.made(&row).await;
        Ok(self.view(row, &caller.actor))
    }
}

impl Domain {
    pub(super) async fn made(&self, row: &PrivateServer) {
        let name = &row.wanted.name;
        // What happened under this name before is not the new one's owner's business.
        self.events.forget_private_server(name);
        self.events.private_server(self.now(), row, format!("{name} is being made."));
        self.tell_private_server(row).await;
    }
}

/// That no private server has this name yet.
pub(super) fn free(tx: &Connection, name: &rackwright_model::Name, attempted: &str) -> Result<(), Refusal> {
    if private_server_named(tx, &Scope::everything(), name)?.is_none() {
        return Ok(());
    }
    let reason = format!("there is a private server {name} already");
    Err(conflict(attempted, reason, "Choose another name.").into())
}

pub(super) fn number(tx: &Connection, attempted: &str) -> Result<Number, Refusal> {
    private_server_number(tx)?.ok_or_else(|| {
        conflict(attempted, "there are as many private servers as there can be", "Remove one first.").into()
    })
}
