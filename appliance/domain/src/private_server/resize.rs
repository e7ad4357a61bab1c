//! `private-server resize`: while it runs, and never below what it uses.

use rackwright_catalog::actions::private_server::{
    PrivateServerResize, PrivateServerResizeInput, PrivateServerView, SizeChange, check_size,
};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::Millis;
use rackwright_model::private_server::Size;
use rackwright_store::private_server::{Usage, private_server_usage_last};
use rackwright_store::server::server_get;
use serde_json::json;

use super::change::Step;
use super::placement::{self, Need, server_is_own};
use crate::refusal::not_found;
use crate::report::private_servers::SPAN_MS;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, nas};

const MIB: u64 = 1 << 20;

impl Handle<PrivateServerResize, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        PrivateServerResizeInput { private_server: name, size: change }: PrivateServerResizeInput,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("resize {name}");
        let (scope, now) = (caller.scope(), self.now());
        self.alter(caller, &name, &attempted, move |tx, row, draft, phrase| {
            let size = change.apply(&draft.size);
            if size == draft.size {
                return Ok(Step::default());
            }
            let mut problems = check_size(&size);
            if let Some(used) = private_server_usage_last(tx, row.id)? {
                problems.extend(below_use(&draft.size, &size, &used, now));
            }
            if !problems.is_empty() {
                return Err(Fault::invalid(phrase, problems).into());
            }
            if grows(&draft.size, &size) {
                server_is_own(&scope, row, phrase)?;
                let server = server_get(tx, draft.server)?
                    .ok_or_else(|| not_found(phrase, "server", &row.server_name))?;
                let need = Need::of(tx, row)?.sized(&size, draft.nas.is_some());
                placement::admit(tx, &scope, server, &need, Some(row.id), phrase)?;
            }
            if let Some(nas) = draft.nas {
                nas::fits(tx, nas, &draft.size, &size, phrase)?;
            }
            let inverse = Inverse {
                action: "private-server.resize",
                input: json!({"private_server": draft.name, "size": SizeChange::from(&draft.size)}),
                thing: Thing::PrivateServerSize(draft.name.clone()),
            };
            draft.size = size;
            let said = format!("{} has another size.", draft.name);
            Ok(Step { inverse: Some(inverse), said, ..Step::default() })
        })
        .await
    }
}

/// Whether more would be promised than before: less can always be promised.
fn grows(before: &Size, after: &Size) -> bool {
    after.cpu_permille > before.cpu_permille
        || after.memory_mib > before.memory_mib
        || after.disk_mib > before.disk_mib
        || after.bandwidth_kbit > before.bandwidth_kbit
}

/// What would be smaller than what was last seen in use, at the end of the span that was told last.
fn below_use(before: &Size, after: &Size, used: &Usage, now: Millis) -> Vec<FieldProblem> {
    let ago = now.since(used.at.plus(SPAN_MS)).max(0) / 1_000;
    let mut problems = Vec::new();
    for (field, before, after, used) in [
        ("size.memory_mib", before.memory_mib, after.memory_mib, used.memory_bytes),
        ("size.disk_mib", before.disk_mib, after.disk_mib, used.disk_bytes),
    ] {
        let used = used.unsigned_abs().div_ceil(MIB);
        if after < before && u64::from(after) < used {
            let problem = format!("is less than the {used} MiB that were in use {ago} s ago");
            problems.push(FieldProblem::new(field, problem));
        }
    }
    problems
}
