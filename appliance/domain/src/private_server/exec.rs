//! `private-server exec`: a command inside, through the agent of its server.

use std::time::Duration;

use rackwright_catalog::actions::private_server::{
    EXEC_MOST_S, ExecResult, PrivateServerExec, PrivateServerExecInput,
};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_model::Name;
use rackwright_model::private_server::{Phase, Power};
use rackwright_proto::{Exec, ExecDone, ToMachine};
use rackwright_store::private_server::PrivateServer;
use tokio::time::timeout;

use super::quota::{AT_ONCE, Quota};
use crate::refusal::conflict;
use crate::report::{clean, clean_output};
use crate::{Caller, Domain};

/// Seconds after which a command is ended when nothing is said.
const LIMIT_S: u32 = 20;
/// Seconds beyond the limit of a command that its answer may take.
const GRACE_S: u32 = 5;

impl Handle<PrivateServerExec, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerExecInput) -> Result<ExecResult, Fault> {
        let name = input.private_server;
        let attempted = format!("run a command in {name}");
        let row = self.running_private_server(caller, &name, &attempted).await?;
        let limit_s = input.limit_s.unwrap_or(LIMIT_S);
        let limit = Duration::from_secs(u64::from(limit_s + GRACE_S));
        let (quota, now) = (Quota::of(&caller.actor, &row), self.now());
        let until = now.plus(i64::from(limit_s + GRACE_S) * 1_000);
        let begun = self.execs.begin(row.wanted.server, quota.clone(), now, until);
        let mut waiting = begun.ok_or_else(|| too_many(&quota, &row, &attempted))?;
        let order = Exec {
            command: waiting.id,
            number: row.wanted.number,
            argv: vec!["/bin/sh".to_owned(), "-c".to_owned(), input.command],
            limit_s,
        };
        if !self.ports.machines.send_to_agent(row.wanted.server, ToMachine::Exec(order)) {
            self.execs.unsent(waiting.id);
            return Err(unreachable(&name, &attempted));
        }
        match timeout(limit, &mut waiting.done).await {
            Ok(Ok(done)) => result(done, &name, &attempted),
            Ok(Err(_)) => Err(unreachable(&name, &attempted)),
            Err(_) => Err(Fault::new(
                FaultCode::TimedOut,
                &attempted,
                format!("its server did not say within {} s what came of it", limit_s + GRACE_S),
                "See whether its server is busy, and try again.",
            )),
        }
    }
}

fn too_many(quota: &Quota, row: &PrivateServer, attempted: &str) -> Fault {
    let reason = match quota {
        Quota::Account(_) => format!("{AT_ONCE} commands of account {} run already", row.account_name),
        Quota::Person(_) => format!("{AT_ONCE} of your commands are running already"),
    };
    Fault::new(FaultCode::TooMany, attempted, reason, "Try again when one is done.")
}

fn result(done: ExecDone, name: &Name, attempted: &str) -> Result<ExecResult, Fault> {
    match done.status {
        Some(status) => Ok(ExecResult { status, output: clean_output(&done.output), cut: done.cut }),
        None => {
            let reason =
                done.error.map_or_else(|| "it ended without a status".to_owned(), |error| clean(&error));
            let advice = format!(
                "Give it more time with --limit-s, at most {EXEC_MOST_S}, or look inside with: \
                 rackwright private-server console {name}"
            );
            Err(Fault::new(FaultCode::Unavailable, attempted, reason, advice))
        }
    }
}

impl Domain {
    /// A private server that runs, on a server whose agent is connected. One of which something that was wanted failed may run
    /// too: its agent knows.
    pub(super) async fn running_private_server(
        &self,
        caller: &Caller,
        name: &Name,
        attempted: &str,
    ) -> Result<PrivateServer, Fault> {
        let (scope, name, phrase) = (caller.scope(), name.clone(), attempted.to_owned());
        let row = self.look(attempted, move |tx| super::named(tx, &scope, &name, &phrase)).await?;
        if !self.presence.of(row.wanted.server).connected {
            return Err(unreachable(&row.wanted.name, attempted));
        }
        let kept = row.wanted.removing || row.wanted.suspended || row.wanted.power == Power::Off;
        if kept || !matches!(row.phase, Some(Phase::Running | Phase::Failed)) {
            let name = &row.wanted.name;
            let advice = if row.wanted.removing {
                "There is nothing left to do in it.".to_owned()
            } else if row.wanted.suspended {
                format!("Whoever suspended it lets it run with: rackwright private-server resume {name}")
            } else if row.wanted.power == Power::Off {
                format!("Start it with: rackwright private-server start {name} --wait")
            } else {
                format!("Look at its state with: rackwright private-server show {name}")
            };
            let what = row.state(true).word();
            let reason = format!("it is not running, but {what}");
            return Err(conflict(attempted, reason, advice));
        }
        Ok(row)
    }
}

pub(super) fn unreachable(name: &Name, attempted: &str) -> Fault {
    Fault::new(
        FaultCode::Unavailable,
        attempted,
        format!("the server that {name} stands on does not answer"),
        "It goes on running meanwhile; try again in a minute.",
    )
}
