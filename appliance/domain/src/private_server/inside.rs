//! Work inside a private server: asked of the agent of its server, which answers.

mod edit;
mod files;
mod journal;
mod logins;
mod processes;
mod services;
mod system;

use std::time::Duration;

use rackwright_catalog::{Fault, FaultCode, Role};
use rackwright_model::Name;
use rackwright_model::private_server::inside::{Answer, FailureKind, LoginName, Work, WorkFailure};
use rackwright_proto::{Inside, ToMachine};
use rackwright_store::private_server::PrivateServer;
use serde_json::Value;
use tokio::time::timeout;

use super::exec::unreachable;
use super::quota::Quota;
use crate::refusal::conflict;
use crate::report::clean;
use crate::{Caller, Domain};

/// Seconds beyond the limit of the work that its answer may take.
const GRACE_S: u32 = 5;

/// Questions of one quota at the same time: a page of the panel asks for several things.
pub(crate) const AT_ONCE: usize = 6;

/// Why there is no answer: a fault of ours, or what the agent says.
enum NotDone {
    Fault(Fault),
    Inside(WorkFailure),
}

impl Domain {
    /// Has work done inside, with the rights of the login that the person has there.
    async fn inside(
        &self,
        caller: &Caller,
        name: &Name,
        attempted: &str,
        work: Work,
    ) -> Result<Answer, Fault> {
        match self.ask_inside(caller, name, attempted, work).await {
            Ok(answer) => Ok(answer),
            Err(NotDone::Fault(fault)) => Err(fault),
            Err(NotDone::Inside(failure)) => Err(fault_of(failure, attempted)),
        }
    }

    async fn ask_inside(
        &self,
        caller: &Caller,
        name: &Name,
        attempted: &str,
        work: Work,
    ) -> Result<Answer, NotDone> {
        let row = self.running_private_server(caller, name, attempted).await.map_err(NotDone::Fault)?;
        let login = login_of(caller, attempted).map_err(NotDone::Fault)?;
        let limit_s = work.limit_s() + GRACE_S;
        let (quota, now) = (Quota::of(&caller.actor, &row), self.now());
        let until = now.plus(i64::from(limit_s) * 1_000);
        let begun = self.asks.begin(row.wanted.server, quota.clone(), now, until);
        let mut waiting = begun.ok_or_else(|| NotDone::Fault(too_many(&quota, &row, attempted)))?;
        let order = Inside { ask: waiting.id, number: row.wanted.number, login, work };
        let gone = || NotDone::Fault(unreachable(name, attempted));
        if !self.ports.machines.send_to_agent(row.wanted.server, ToMachine::Inside(order)) {
            self.asks.unsent(waiting.id);
            return Err(gone());
        }
        match timeout(Duration::from_secs(u64::from(limit_s)), &mut waiting.done).await {
            Ok(Ok(Ok(answer))) => cleaned(answer).ok_or_else(|| NotDone::Fault(other(attempted))),
            Ok(Ok(Err(failure))) => Err(NotDone::Inside(failure)),
            Ok(Err(_)) => Err(gone()),
            Err(_) => Err(NotDone::Fault(Fault::new(
                FaultCode::TimedOut,
                attempted,
                format!("its server did not say within {limit_s} s what came of it"),
                "See whether its server is busy, and look before trying again.",
            ))),
        }
    }
}

fn too_many(quota: &Quota, row: &PrivateServer, attempted: &str) -> Fault {
    let reason = match quota {
        Quota::Account(_) => {
            let account = &row.account_name;
            format!("{AT_ONCE} things inside private servers of account {account} are not done yet")
        }
        Quota::Person(_) => {
            format!("{AT_ONCE} things that you asked for inside private servers are not done yet")
        }
    };
    Fault::new(FaultCode::Unavailable, attempted, reason, "Try again when one is done.")
}

/// With whose rights: root's, or those of the login that somebody has who has no more.
fn login_of(caller: &Caller, attempted: &str) -> Result<Option<LoginName>, Fault> {
    match (caller.actor.role, &caller.actor.login) {
        (Role::PsUser, Some(login)) => Ok(Some(login.clone())),
        (Role::PsUser, None) => {
            let advice =
                "Whoever manages your account can give you one: rackwright user change NAME --login LOGIN";
            Err(conflict(attempted, "it is not on record which user inside you are", advice))
        }
        _ => Ok(None),
    }
}

fn fault_of(failure: WorkFailure, attempted: &str) -> Fault {
    let (code, advice) = match failure.kind {
        FailureKind::Missing => (FaultCode::NotFound, "Look again: it may be gone, or be called otherwise."),
        FailureKind::Exists => (FaultCode::Conflict, "Choose another name, or remove what is there."),
        FailureKind::Denied => (FaultCode::Conflict, "See to whom it belongs, and who may do what with it."),
        FailureKind::Unsuitable => (FaultCode::Conflict, "Look at what is there, and choose something else."),
        FailureKind::Full => (FaultCode::Conflict, "Make room in it, or have it given a larger disk."),
        FailureKind::Changed => (FaultCode::Conflict, "Read it again, and change that."),
        FailureKind::Elsewhere => (FaultCode::Conflict, "Upload what is missing, or begin anew."),
        FailureKind::Late => {
            (FaultCode::TimedOut, "Do it in parts, or in the console: rackwright private-server console NAME")
        }
        FailureKind::Busy => (FaultCode::Unavailable, "Try again in a moment."),
        FailureKind::Broken => {
            (FaultCode::Unavailable, "Look inside with: rackwright private-server console NAME")
        }
    };
    Fault::new(code, attempted, clean(failure.reason.trim_end_matches('.')), advice)
}

/// The agent answered another question.
fn other(attempted: &str) -> Fault {
    let reason = "its server answered something else";
    Fault::new(FaultCode::Unavailable, attempted, reason, "Update the agent of its server.")
}

/// Takes what an answer must be.
macro_rules! taken {
    ($answer:expr, $pattern:pat => $value:expr, $attempted:expr) => {
        match $answer {
            $pattern => Ok($value),
            _ => Err(super::other($attempted)),
        }
    };
}

use taken;

/// The same without control characters, which a terminal would obey. Bytes of files are base64 and hold none.
fn cleaned(answer: Answer) -> Option<Answer> {
    if matches!(answer, Answer::Done | Answer::Piece(_) | Answer::Written(_)) {
        return Some(answer);
    }
    let mut value = serde_json::to_value(answer).ok()?;
    clean_all(&mut value);
    serde_json::from_value(value).ok()
}

fn clean_all(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.chars().any(is_unfit) {
                *text =
                    text.chars().map(|c| if is_unfit(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_all),
        Value::Object(fields) => fields.values_mut().for_each(clean_all),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Also what turns the direction of writing around, by which one name looks like another.
fn is_unfit(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
