//! Against whom it counts what is under way inside private servers: one customer, however many people it lets in, leaves
//! room for the others.

use rackwright_model::{AccountId, Tier};
use rackwright_store::private_server::PrivateServer;

use crate::caller::Actor;

/// Commands of one quota at the same time, and as many consoles.
pub(crate) const AT_ONCE: usize = 4;

/// Whom it counts against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Quota {
    /// The account that has the private server, whoever of it or of a reseller above it acts.
    Account(AccountId),
    /// One of the provider's people: no tenant keeps them out.
    Person(String),
}

impl Quota {
    pub fn of(actor: &Actor, row: &PrivateServer) -> Self {
        match actor.tier {
            Tier::Provider => Self::Person(actor.name.clone()),
            Tier::Reseller | Tier::Customer => Self::Account(row.wanted.account),
        }
    }
}
