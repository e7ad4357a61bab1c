//! `server reboot`: through the agent, in good order.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::server::{OneServer, ServerReboot};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_proto::ToMachine;

use crate::{Caller, Domain};

impl Handle<ServerReboot, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneServer) -> Result<Done, Fault> {
        let attempted = format!("reboot {}", input.server);
        let scope = caller.scope();
        let (name, fault) = (input.server.clone(), attempted.clone());
        let server = self.look(&attempted, move |tx| super::named(tx, &scope, &name, &fault)).await?;
        if !self
            .ports
            .machines
            .send_to_agent(server.id, ToMachine::Restart { command: self.now().0.unsigned_abs() })
        {
            return Err(Fault::new(
                FaultCode::Unavailable,
                &attempted,
                format!("the agent of {} is not connected", input.server),
                format!(
                    "Power-cycle it through its BMC: rackwright server power {} --order cycle",
                    input.server
                ),
            ));
        }
        self.events.server(
            self.now(),
            &input.server,
            "boot",
            format!("{} was told to restart.", input.server),
        );
        Ok(Done::new(format!("{} is restarting.", input.server)))
    }
}
