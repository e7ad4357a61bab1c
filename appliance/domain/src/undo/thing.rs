//! What a change changed, and how it is now: only what taking the change back would overwrite.

use std::fmt;

use rackwright_model::nas::MountPoint;
use rackwright_model::{Name, Scope, WebhookId};
use rackwright_store::Connection;
use rackwright_store::account::account_named;
use rackwright_store::brand::brand_get;
use rackwright_store::nas::{nas_named, share_of};
use rackwright_store::network::network_list;
use rackwright_store::person::person_named;
use rackwright_store::private_server::private_server_named;
use rackwright_store::profile::profile_named;
use rackwright_store::rack::rack_named;
use rackwright_store::server::server_named;
use rackwright_store::webhook::webhook_within;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Refusal, discovery};

/// What a change changed, by the name that it has afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "name")]
pub(crate) enum Thing {
    ServerName(Name),
    ServerAccount(Name),
    ServerPlace(Name),
    Rack(Name),
    Network(Name),
    Profile(Name),
    Discovery,
    AccountName(Name),
    AccountAccess(Name),
    Brand(Name),
    User(String),
    Webhook(WebhookId),
    PrivateServerName(Name),
    PrivateServerSize(Name),
    PrivateServerAccess(Name),
    PrivateServerNetwork(Name),
    PrivateServerShare(Name, MountPoint),
    Nas(Name),
}

impl Thing {
    /// How it is; null when there is none of that name.
    pub(crate) fn state(&self, tx: &Connection) -> Result<Value, Refusal> {
        let all = Scope::everything();
        let state = match self {
            Self::ServerName(name) => server_named(tx, &all, name)?.map(|server| json!({"id": server.id})),
            Self::ServerAccount(name) => server_named(tx, &all, name)?
                .map(|server| json!({"id": server.id, "account": server.account})),
            Self::ServerPlace(name) => server_named(tx, &all, name)?.map(|server| {
                let place = server.place.map(|place| json!([place.rack, place.unit, place.height]));
                json!({"id": server.id, "place": place})
            }),
            Self::Rack(name) => rack_named(tx, name)?
                .map(|rack| json!({"id": rack.id, "site": rack.site, "height": rack.height})),
            Self::Network(name) => network_list(tx)?
                .into_iter()
                .find(|network| network.name == *name)
                .map(|network| json!({"id": network.id, "subnet": network.subnet})),
            Self::Profile(name) => {
                profile_named(tx, name)?.map(|row| json!({"id": row.id, "profile": row.profile}))
            }
            Self::Discovery => Some(json!(discovery::policy(tx)?)),
            Self::AccountName(name) => account_named(tx, &all, name)?
                .map(|account| json!({"id": account.id, "title": account.title})),
            Self::AccountAccess(name) => account_named(tx, &all, name)?
                .map(|account| json!({"id": account.id, "suspended": account.suspended_at.is_some()})),
            Self::Brand(name) => match account_named(tx, &all, name)? {
                Some(account) => brand_get(tx, account.id)?
                    .map(|own| json!([account.id, own.title, own.accent, own.host, own.logo])),
                None => None,
            },
            Self::User(name) => person_named(tx, &all, name)?.map(|person| {
                let inside = json!([person.private_server, person.login]);
                json!({"id": person.id, "role": person.role, "email": person.email, "inside": inside})
            }),
            Self::Webhook(id) => {
                webhook_within(tx, &all, *id)?.map(|webhook| json!([webhook.draft.url, webhook.draft.events]))
            }
            Self::PrivateServerName(name) => {
                private_server_named(tx, &all, name)?.map(|row| json!({"id": row.id}))
            }
            Self::PrivateServerSize(name) => private_server_named(tx, &all, name)?
                .map(|row| json!({"id": row.id, "size": row.wanted.size})),
            Self::PrivateServerAccess(name) => private_server_named(tx, &all, name)?
                .map(|row| json!({"id": row.id, "suspended": row.wanted.suspended})),
            Self::PrivateServerNetwork(name) => private_server_named(tx, &all, name)?
                .map(|row| json!({"id": row.id, "quarantine": row.wanted.quarantine})),
            Self::PrivateServerShare(name, at) => match private_server_named(tx, &all, name)? {
                Some(row) => {
                    let shares = share_of(tx, row.id)?;
                    let share = shares.iter().find(|share| share.at == *at);
                    Some(json!({"id": row.id, "nas": share.map(|share| share.nas)}))
                }
                None => None,
            },
            Self::Nas(name) => nas_named(tx, name)?.map(|nas| {
                let draft = nas.draft;
                let place = json!([draft.address, draft.path, draft.version]);
                json!({"id": nas.id, "purpose": draft.purpose, "place": place, "capacity": draft.capacity_mib})
            }),
        };
        Ok(state.unwrap_or(Value::Null))
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerName(name) => write!(f, "the name of server {name}"),
            Self::ServerAccount(name) => write!(f, "the account of server {name}"),
            Self::ServerPlace(name) => write!(f, "the place of server {name}"),
            Self::Rack(name) => write!(f, "rack {name}"),
            Self::Network(name) => write!(f, "network {name}"),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::Discovery => f.write_str("the discovery policy"),
            Self::AccountName(name) => write!(f, "account {name}"),
            Self::AccountAccess(name) => write!(f, "whether account {name} is suspended"),
            Self::Brand(name) => write!(f, "the look of the panels of {name}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::Webhook(id) => write!(f, "webhook {id}"),
            Self::PrivateServerName(name) => write!(f, "the name of private server {name}"),
            Self::PrivateServerSize(name) => write!(f, "the size of private server {name}"),
            Self::PrivateServerAccess(name) => write!(f, "whether private server {name} is suspended"),
            Self::PrivateServerNetwork(name) => write!(f, "whether private server {name} is in quarantine"),
            Self::PrivateServerShare(name, at) => write!(f, "what private server {name} reads at {at}"),
            Self::Nas(name) => write!(f, "NAS {name}"),
        }
    }
}
