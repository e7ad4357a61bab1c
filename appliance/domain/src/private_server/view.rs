//! From rows and presence to what a person sees.

use rackwright_catalog::Permission;
use rackwright_catalog::actions::private_server::{PrivateServerView, UsageSpan};
use rackwright_model::private_server::{FailoverStage, PrivateServerState};
use rackwright_store::private_server::{PrivateServer, Usage};

use crate::Domain;
use crate::caller::Actor;

impl Domain {
    /// The server it stands on, only those are told who may see that server.
    pub(super) fn view(&self, row: PrivateServer, actor: &Actor) -> PrivateServerView {
        let state = row.state(self.presence.of(row.wanted.server).connected);
        let reason = match state {
            PrivateServerState::Unreachable => Some(waits(&row).to_owned()),
            _ => row.reason.clone(),
        };
        PrivateServerView {
            state,
            server: Some(row.server_name)
                .filter(|_| actor.may(Permission::Look) && actor.scope.covers(&row.server_account_path)),
            number: row.wanted.number.into(),
            name: row.wanted.name,
            account: row.account_name,
            reason,
            progress: row.progress,
            power: row.wanted.power,
            suspended: row.wanted.suspended,
            quarantine: row.wanted.quarantine,
            address: row.wanted.address,
            address_v6: row.wanted.address_v6,
            template: row.wanted.template.name,
            size: row.wanted.size,
            nas: row.nas_name,
            priority: row.wanted.priority,
        }
    }
}

/// For what one waits whose server does not answer.
pub(super) fn waits(row: &PrivateServer) -> &'static str {
    match (row.wanted.nas, row.failover) {
        (None, _) => "It waits for its server, which does not answer: its files are there.",
        (Some(_), None | Some(FailoverStage::Over)) => {
            "Its server does not answer. If that lasts, it is started on another: its disk is on a NAS."
        }
        (Some(_), Some(FailoverStage::Fencing)) => {
            "Its server does not answer. It is started on another as soon as that one is known to be off."
        }
        (Some(_), Some(FailoverStage::Restarting)) => {
            "Its server is off. It is started on another as soon as there is room."
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
