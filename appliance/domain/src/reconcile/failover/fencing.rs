//! It is powered off, and that is not believed before its BMC reads it as off.

use rackwright_catalog::event::{SERVER_FENCED, SERVER_NOT_FENCED};
use rackwright_model::private_server::FailoverEvent;
use rackwright_store::failover::{failover_fenced, failover_get};
use serde_json::json;

use super::{AGAIN_MS, Dead};
use crate::ports::Power;
use crate::publish::happened;
use crate::{Domain, Refusal, server};

pub(super) async fn step(domain: &Domain, dead: &Dead) -> Result<(), Refusal> {
    let (id, name, now) = (dead.server.id, &dead.server.name, domain.now());
    // When nobody answers it is the Control Center that is cut off, and there is nowhere to go.
    if domain.presence.agents() == 0 {
        return Ok(());
    }
    let tried = domain.fence_tries().get(&id).copied();
    if dead.row.reason.is_some() && tried.is_some_and(|at| now.since(at) < AGAIN_MS) {
        return Ok(());
    }
    domain.fence_tries().insert(id, now);
    match fence(domain, dead).await {
        Ok(true) => fenced(domain, dead).await,
        // It was told just now; it is read again at the next look.
        Ok(false) => Ok(()),
        Err(why) => {
            let reason = format!(
                "{name} does not answer, and it is not known to be off: {why}. Nothing of it starts elsewhere. When you know that it is off, say so with: rackwright server confirm-dead {name} --confirm {name}"
            );
            if domain.hold_failover(dead, Some(reason)).await? {
                let (account, object) = (dead.server.account, json!({"server": name}));
                let tell = move |tx: &rackwright_store::Connection| {
                    let reason = "Its BMC could not confirm that it is off.";
                    happened(tx, now, SERVER_NOT_FENCED, account, object, Some(reason))
                };
                domain.write(tell).await?;
            }
            Ok(())
        }
    }
}

/// How long a machine may take to be off after it was told, in milliseconds.
const OFF_MS: i64 = 30_000;

/// Whether it is off.
async fn fence(domain: &Domain, dead: &Dead) -> Result<bool, String> {
    let access = server::bmc::access(domain, &dead.server, "power off a server that does not answer")
        .map_err(|fault| fault.reason)?;
    let bmc = &domain.ports.bmc;
    if !bmc.is_on(&access).await.map_err(|error| error.to_string())? {
        return Ok(true);
    }
    bmc.power(&access, Power::Off).await.map_err(|error| error.to_string())?;
    if !bmc.is_on(&access).await.map_err(|error| error.to_string())? {
        return Ok(true);
    }
    if domain.now().since(dead.row.since) > OFF_MS {
        return Err("its BMC was told to power it off, and says that it is on".to_owned());
    }
    Ok(false)
}

async fn fenced(domain: &Domain, dead: &Dead) -> Result<(), Refusal> {
    let (id, name, account, now) =
        (dead.server.id, dead.server.name.clone(), dead.server.account, domain.now());
    let object = json!({"server": name});
    let done = domain
        .write(move |tx| {
            let row = failover_get(tx, id)?;
            if row.is_none_or(|row| row.stage.apply(FailoverEvent::Fenced).is_err()) {
                return Ok(false);
            }
            failover_fenced(tx, id, None, now)?;
            happened(tx, now, SERVER_FENCED, account, object, Some("Its BMC says that it is off."))?;
            Ok(true)
        })
        .await?;
    if done {
        domain.fence_tries().remove(&id);
        let said = format!("{name} is off, as its BMC says. Its private servers on a NAS start elsewhere.");
        domain.events.server(now, &name, "failover", said);
        domain.changed.notify_waiters();
    }
    Ok(())
}
