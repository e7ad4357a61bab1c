//! `private-server service-list` and `service-do`.

use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerServiceDo, PrivateServerServiceDoInput, PrivateServerServiceList,
};
use rackwright_catalog::actions::{Done, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::inside::{Answer, Service, Work};

use super::taken;
use crate::{Caller, Domain};

impl Handle<PrivateServerServiceList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OnePrivateServer) -> Result<Page<Service>, Fault> {
        let attempted = format!("list the services in {}", input.private_server);
        let answer = self.inside(caller, &input.private_server, &attempted, Work::Services).await?;
        taken!(answer, Answer::Services(services) => Page::whole(services), &attempted)
    }
}

impl Handle<PrivateServerServiceDo, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerServiceDoInput) -> Result<Done, Fault> {
        let PrivateServerServiceDoInput { private_server, service, deed } = input;
        let attempted = format!("control {service} in {private_server}");
        let said = format!("What was asked of {service} is done.");
        let answer = self.inside(caller, &private_server, &attempted, Work::Do { service, deed }).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}
