//! Those whose files a clone begins with stay until it has them.

use rackwright_model::private_server::Phase;

use super::*;

fn remove(name: &str) -> Value {
    json!({"private_server": name, "confirm": name})
}

impl World {
    /// Refused, by the name of the clone and with what to do.
    async fn stays_for(&self, name: &str, clone: &str) {
        let fault = self.refused("private-server.remove", remove(name)).await;
        assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
        assert!(fault.reason.contains(&format!("{clone} begins with its files")), "{fault}");
        assert!(fault.advice.contains(&format!("private-server remove {clone}")), "{fault}");
    }
}

#[tokio::test]
async fn the_first_is_not_removed_before_a_clone_of_it_is_made_or_removed() {
    let (world, host) = running().await;
    world.done("private-server.clone", json!({"private_server": "web1", "name": "web2"})).await;
    let clone = world.told()[0].number;
    world.stays_for("web1", "web2").await;
    // A making that failed is tried again, and needs the files again.
    for phase in [Phase::Fetching, Phase::Making, Phase::Failed, Phase::Making] {
        world.says(host, FromMachine::PrivateServers { seen: vec![seen(clone, 1, phase)] }).await;
        world.stays_for("web1", "web2").await;
    }
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(clone, 1, Phase::Running)] }).await;
    world.done("private-server.remove", remove("web1")).await;
    world.obeys(host).await;

    // The next one has the number that was the first one's: the clone never was one of it.
    world.clock.pass(1_000);
    let next = world.done("private-server.create", input("web3")).await;
    assert_eq!(next["number"], 1);
    world.obeys(host).await;
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(clone, 1, Phase::Failed)] }).await;
    world.done("private-server.remove", remove("web3")).await;
}

#[tokio::test]
async fn a_clone_that_is_removed_keeps_nobody() {
    let (world, _) = running().await;
    world.done("private-server.clone", json!({"private_server": "web1", "name": "web2"})).await;
    world.stays_for("web1", "web2").await;
    world.done("private-server.remove", remove("web2")).await;
    world.done("private-server.remove", remove("web1")).await;
}
