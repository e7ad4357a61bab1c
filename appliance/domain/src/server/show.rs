//! `server show`.

use rackwright_catalog::actions::server::{OneServer, ServerDetail, ServerShow};
use rackwright_catalog::{Fault, Handle};

use super::view::detail;
use crate::{Caller, Domain};

impl Handle<ServerShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneServer) -> Result<ServerDetail, Fault> {
        let attempted = format!("show server {}", input.server);
        let scope = caller.scope();
        let name = input.server.clone();
        let server =
            self.look(&attempted, move |tx| super::named(tx, &scope, &name, "show a server")).await?;
        let now = self.now_of(&server);
        let actor = caller.actor.clone();
        self.look(&attempted, move |tx| detail(tx, &server, &now, &actor)).await
    }
}
