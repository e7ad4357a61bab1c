//! `private-server process-list` and `process-end`.

use rackwright_catalog::actions::private_server::OnePrivateServer;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerProcessEnd, PrivateServerProcessEndInput, PrivateServerProcessList,
};
use rackwright_catalog::actions::{Done, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::private_server::inside::{Answer, ProcessInside, Work};

use super::taken;
use crate::{Caller, Domain};

impl Handle<PrivateServerProcessList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OnePrivateServer) -> Result<Page<ProcessInside>, Fault> {
        let attempted = format!("list the processes in {}", input.private_server);
        let answer = self.inside(caller, &input.private_server, &attempted, Work::Processes).await?;
        taken!(answer, Answer::Processes(processes) => Page::whole(processes), &attempted)
    }
}

impl Handle<PrivateServerProcessEnd, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerProcessEndInput) -> Result<Done, Fault> {
        let PrivateServerProcessEndInput { private_server, process, force } = input;
        let attempted = format!("end process {process} in {private_server}");
        let said = if force {
            format!("Process {process} was killed.")
        } else {
            format!("Process {process} was told to end.")
        };
        let answer = self.inside(caller, &private_server, &attempted, Work::End { process, force }).await?;
        taken!(answer, Answer::Done => Done::new(said), &attempted)
    }
}
