//! `search find`: only kinds of things whose list the caller may see are looked through.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::search::{Hit, HitKind, SearchFind, SearchFindInput};
use rackwright_catalog::{Fault, Handle, Permission, entry};
use rackwright_store::search::{
    Found, search_account, search_image, search_job, search_network, search_person, search_private_server,
    search_profile, search_rack, search_server,
};
use rackwright_store::{Connection, StoreError};

use crate::caller::Actor;
use crate::{Caller, Domain};

/// Hits of one kind when nothing is said.
const HITS: u32 = 6;

impl Handle<SearchFind, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: SearchFindInput) -> Result<Page<Hit>, Fault> {
        let actor = caller.actor.clone();
        let limit = i64::from(input.limit.unwrap_or(HITS));
        let hits = self
            .look("search", move |tx| {
                let mut hits = Vec::new();
                for kind in HitKind::ALL.into_iter().filter(|kind| may_list(&actor, *kind)) {
                    hits.extend(
                        found(tx, &actor, kind, &input.query, limit)?
                            .into_iter()
                            .map(|found| hit(kind, found)),
                    );
                }
                Ok(hits)
            })
            .await?;
        Ok(Page::whole(hits))
    }
}

fn may_list(actor: &Actor, kind: HitKind) -> bool {
    entry(kind.list_action()).is_some_and(|list| actor.may(list.spec.permission))
}

fn found(
    tx: &Connection,
    actor: &Actor,
    kind: HitKind,
    query: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let scope = &actor.scope;
    match kind {
        // Where a BMC is, only those are told who look after the racks.
        HitKind::Server => search_server(tx, scope, actor.may(Permission::Inspect), query, limit),
        HitKind::PrivateServer => search_private_server(tx, scope, query, limit),
        HitKind::Job => search_job(tx, scope, query, limit),
        HitKind::Rack => search_rack(tx, query, limit),
        HitKind::Image => search_image(tx, query, limit),
        HitKind::Profile => search_profile(tx, query, limit),
        HitKind::Network => search_network(tx, query, limit),
        HitKind::Account => search_account(tx, scope, query, limit),
        HitKind::User => search_person(tx, scope, query, limit),
    }
}

fn hit(kind: HitKind, found: Found) -> Hit {
    Hit { kind, name: found.name, note: found.note, state: found.state }
}
