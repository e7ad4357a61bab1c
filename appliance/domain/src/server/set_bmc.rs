//! `server set-bmc`.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::server::{ServerSetBmc, ServerSetBmcInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::server::server_set_bmc;

use crate::{Caller, Domain};

impl Handle<ServerSetBmc, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerSetBmcInput) -> Result<Done, Fault> {
        let attempted = format!("set the BMC of {}", input.server);
        let scope = caller.scope();
        let message = format!("The BMC of {} is {}.", input.server, input.bmc.address);
        let bmc = self.seal_bmc(&input.bmc);
        let fault = attempted.clone();
        self.change(caller, &attempted, move |tx| {
            let server = super::named(tx, &scope, &input.server, &fault)?;
            Ok(server_set_bmc(tx, server.id, &bmc)?)
        })
        .await?;
        Ok(Done::new(message))
    }
}
