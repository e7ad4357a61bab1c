//! `server power`: through the BMC.

use rackwright_catalog::actions::server::{PowerOrder, PowerResult, ServerPower, ServerPowerInput};
use rackwright_catalog::{Fault, FaultCode, Handle, Permission};
use rackwright_model::{BootRecord, BootStage, ServerState};
use rackwright_store::boot_record::{boot_record_clear, boot_record_put};

use crate::ports::{BmcError, Power};
use crate::refusal::conflict;
use crate::{Caller, Domain};

impl Handle<ServerPower, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerPowerInput) -> Result<PowerResult, Fault> {
        let attempted = format!("{} {}", phrase(input.order), input.server);
        let scope = caller.scope();
        let (name, fault) = (input.server.clone(), attempted.clone());
        let server = self.look(&attempted, move |tx| super::named(tx, &scope, &name, &fault)).await?;
        if server.state == ServerState::Installing
            && !matches!(input.order, PowerOrder::Status | PowerOrder::On)
        {
            let advice = "Cancel the install first: rackwright job cancel";
            return Err(conflict(
                &attempted,
                "an install is under way, and losing power would spoil it",
                advice,
            ));
        }
        let access = super::access(self, &server, &attempted)?;
        let failed = |error: BmcError| {
            // It says where the BMC is and who its user is.
            let (reason, advice) = if caller.actor.may(Permission::Inspect) {
                let advice = format!(
                    "Check the BMC's address and password with: rackwright server show {}",
                    input.server
                );
                (error.to_string(), advice)
            } else {
                tracing::warn!("{attempted}: {error}");
                let advice = "Try again in a minute; if it fails again, tell the provider.".to_owned();
                ("its BMC did not do as it was told".to_owned(), advice)
            };
            Fault::new(FaultCode::Unavailable, &attempted, reason, advice)
        };
        let order = match input.order {
            PowerOrder::Status => None,
            PowerOrder::On => Some(Power::On),
            PowerOrder::Off => Some(Power::Off),
            PowerOrder::Shutdown => Some(Power::Shutdown),
            PowerOrder::Cycle => Some(Power::Cycle),
        };
        if let Some(order) = order {
            let was_on = self.ports.bmc.is_on(&access).await.map_err(failed)?;
            let boots = matches!(order, Power::Cycle) || (order == Power::On && !was_on);
            self.change(caller, &attempted, {
                let (id, at) = (server.id, self.now());
                move |tx| {
                    if boots && server.state != ServerState::Installing {
                        boot_record_clear(tx, id)?;
                    }
                    if boots {
                        let detail = format!(
                            "{} over IPMI",
                            if order == Power::On { "power on" } else { "power cycle" }
                        );
                        boot_record_put(tx, id, &BootRecord { stage: BootStage::Power, at, detail })?;
                    }
                    Ok(())
                }
            })
            .await?;
            self.ports.bmc.power(&access, order).await.map_err(failed)?;
            self.events.server(
                self.now(),
                &input.server,
                "boot",
                format!("{}: {}.", input.server, phrase(input.order)),
            );
        }
        let on = self.ports.bmc.is_on(&access).await.map_err(failed)?;
        let message = match input.order {
            PowerOrder::Shutdown if on => format!("{} was asked to shut down and is still on.", input.server),
            _ => format!("{} is powered {}.", input.server, if on { "on" } else { "off" }),
        };
        Ok(PowerResult { on, message })
    }
}

fn phrase(order: PowerOrder) -> &'static str {
    match order {
        PowerOrder::On => "power on",
        PowerOrder::Off => "power off",
        PowerOrder::Shutdown => "shut down",
        PowerOrder::Cycle => "power-cycle",
        PowerOrder::Status => "read the power state of",
    }
}
