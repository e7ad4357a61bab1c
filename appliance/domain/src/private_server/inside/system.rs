//! `private-server network`, `time` and `set-zone`.

use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerNetwork, PrivateServerSetZone, PrivateServerSetZoneInput, PrivateServerTime,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_model::private_server::inside::{Answer, NetworkInside, TimeInside, Work};

use super::taken;
use crate::{Caller, Domain};

impl Handle<PrivateServerNetwork, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OnePrivateServer) -> Result<NetworkInside, Fault> {
        let attempted = format!("look at the network in {}", input.private_server);
        let answer = self.inside(caller, &input.private_server, &attempted, Work::Network).await?;
        taken!(answer, Answer::Network(network) => network, &attempted)
    }
}

impl Handle<PrivateServerTime, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OnePrivateServer) -> Result<TimeInside, Fault> {
        let attempted = format!("look at the time in {}", input.private_server);
        self.time_inside(caller, &input.private_server, &attempted).await
    }
}

impl Handle<PrivateServerSetZone, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerSetZoneInput) -> Result<TimeInside, Fault> {
        let PrivateServerSetZoneInput { private_server, zone } = input;
        let attempted = format!("set the time zone of {private_server}");
        let answer = self.inside(caller, &private_server, &attempted, Work::SetZone { zone }).await?;
        taken!(answer, Answer::Done => (), &attempted)?;
        self.time_inside(caller, &private_server, &attempted).await
    }
}

impl Domain {
    async fn time_inside(&self, caller: &Caller, name: &Name, attempted: &str) -> Result<TimeInside, Fault> {
        let answer = self.inside(caller, name, attempted, Work::Time).await?;
        taken!(answer, Answer::Time(time) => time, attempted)
    }
}
