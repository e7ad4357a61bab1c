//! Bring the machine into the provisioning environment: it is there already, or its BMC starts it, or its agent
//! restarts it, or a person does.

use rackwright_model::{BootRecord, BootStage, InstallEvent};
use rackwright_proto::ToMachine;
use rackwright_store::boot_record::{boot_record_clear, boot_record_put};
use rackwright_store::install::InstallRow;
use rackwright_store::server::Server;

use super::Outcome;
use crate::ports::{BmcAccess, BmcError, BootDevice, Power};
use crate::{Domain, Refusal};

pub(super) async fn step(domain: &Domain, install: &InstallRow, server: &Server) -> Result<Outcome, Refusal> {
    let advance = |log: String| Outcome::Advance {
        event: InstallEvent::Powered,
        step: "Wait for the environment",
        log,
    };
    if domain.boots.environment_of(server.id).is_some() {
        return Ok(advance("the machine is in the provisioning environment already".into()));
    }
    let Ok(access) = crate::server::access(domain, server, "start the machine") else {
        let told = domain
            .ports
            .machines
            .send_to_agent(server.id, ToMachine::Restart { command: domain.now().0.unsigned_abs() });
        return Ok(advance(if told {
            "the agent was told to restart the machine, which then netboots".into()
        } else {
            format!("there is no BMC on record: power {} on by hand and let it netboot", server.name)
        }));
    };
    domain.presence.forget(server.id);
    match start(domain, install, server, &access).await {
        Ok(log) => Ok(advance(log)),
        Err(reason) => Ok(Outcome::Fail {
            reason: format!("the BMC did not start the machine: {reason}."),
            advice: format!("Check it with: rackwright server power {} --order status", server.name),
        }),
    }
}

async fn start(
    domain: &Domain,
    install: &InstallRow,
    server: &Server,
    access: &BmcAccess,
) -> Result<String, String> {
    let bmc = &domain.ports.bmc;
    let mut notes = Vec::new();
    if let Err(error) = bmc.boot_once(access, BootDevice::Network, server.is_uefi()).await {
        // Machines whose boot order has the network first come up all the same.
        notes.push(format!("the BMC did not take the boot device ({})", said(&error, access)));
    }
    let on = bmc.is_on(access).await.map_err(|error| said(&error, access))?;
    let (order, verb) = if on { (Power::Cycle, "power cycle") } else { (Power::On, "power on") };
    let record =
        BootRecord { stage: BootStage::Power, at: domain.now(), detail: format!("{verb} over IPMI") };
    let id = install.server;
    domain
        .write(move |tx| {
            boot_record_clear(tx, id)?;
            Ok(boot_record_put(tx, id, &record)?)
        })
        .await
        .map_err(|error| error.to_string())?;
    bmc.power(access, order).await.map_err(|error| said(&error, access))?;
    notes.insert(0, format!("{verb} over IPMI"));
    Ok(notes.join("; "))
}

/// What the BMC answered, but not where it is and who its user is: whoever owns the server reads the job too.
fn said(error: &BmcError, access: &BmcAccess) -> String {
    let BmcAccess { address, user, .. } = access;
    tracing::warn!("{error}");
    error.to_string().replace(&format!(" at {address}"), "").replace(&format!("user {user:?}"), "user")
}
