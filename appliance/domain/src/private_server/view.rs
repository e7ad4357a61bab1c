//! From rows and presence to what a person sees.

use rackwright_catalog::actions::private_server::{PrivateServerView, UsageSpan};
use rackwright_store::private_server::{PrivateServer, Usage};

use crate::Domain;
use crate::caller::Actor;

impl Domain {
    /// The server it stands on, only those are told who may see that server.
    pub(super) fn view(&self, row: PrivateServer, actor: &Actor) -> PrivateServerView {
        let state = row.state(self.presence.of(row.wanted.server).connected);
        PrivateServerView {
            state,
            server: actor.scope.covers(&row.server_account_path).then_some(row.server_name),
            number: row.wanted.number.into(),
            name: row.wanted.name,
            account: row.account_name,
            reason: row.reason,
            progress: row.progress,
            power: row.wanted.power,
            suspended: row.wanted.suspended,
            quarantine: row.wanted.quarantine,
            address: row.wanted.address,
            address_v6: row.wanted.address_v6,
            template: row.wanted.template.name,
            size: row.wanted.size,
        }
    }
}

pub(super) fn span(usage: &Usage) -> UsageSpan {
    UsageSpan {
        at: usage.at,
        span_ms: usage.span_ms.unsigned_abs(),
        cpu_ms: usage.cpu_us.unsigned_abs() / 1_000,
        memory_bytes: usage.memory_bytes.unsigned_abs(),
        disk_bytes: usage.disk_bytes.unsigned_abs(),
        in_bytes: usage.in_bytes.unsigned_abs(),
        out_bytes: usage.out_bytes.unsigned_abs(),
    }
}
