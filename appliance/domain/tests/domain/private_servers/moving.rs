//! Moves between servers: never do two of them run it, whatever breaks off in between.

use std::collections::HashMap;

use rackwright_domain::Credential;
use rackwright_model::ServerId;
use rackwright_model::private_server::{Intent, Phase, Wanted};
use rackwright_proto::transfer::{News, Transfer, TransferNews, TransferOrder};
use rackwright_proto::{FromMachine, ToMachine};
use serde_json::{Value, json};

use super::one;
use crate::support::private::{input, phase, seen};
use crate::support::{Sent, World};

/// Two servers with agents that do as they are told, and a private server that stands on the first.
struct Pair {
    world: World,
    from: ServerId,
    to: ServerId,
    /// What was last wanted of it on each, and carried out.
    done: HashMap<ServerId, Wanted>,
    /// What each pass takes, the last again and again.
    passes: Vec<u64>,
    /// Passes that were sent.
    sent: u32,
    /// What the agents do not carry out.
    deaf: fn(&ToMachine) -> bool,
}

impl Pair {
    async fn new(power: &str) -> Self {
        let world = World::with_room().await;
        let from = world.domain.presence.connected_servers()[0];
        let mut draft = input("web1");
        draft["power"] = json!(power);
        world.done("private-server.create", draft).await;
        let to = world.host("h2", 10).await;
        let (done, passes) = (HashMap::new(), vec![500]);
        let mut pair = Self { world, from, to, done, passes, sent: 0, deaf: |_| false };
        pair.turn().await;
        pair
    }

    /// Both agents carry out what they were told, then the Control Center looks at it.
    async fn turn(&mut self) {
        for sent in self.world.machines.take_sent() {
            let Sent::ToAgent(server, message) = sent else { continue };
            if (self.deaf)(&message) {
                continue;
            }
            match message {
                ToMachine::PrivateServers { wanted } => {
                    for wanted in wanted {
                        self.carry_out(server, wanted).await;
                    }
                }
                ToMachine::Transfer(order) => self.transfer(server, order).await,
                _ => {}
            }
        }
        self.world.domain.step_moves().await.expect("looked");
        let running = self.done.values().filter(|wanted| wanted.intent == Intent::On).count();
        assert!(running <= 1, "two run it: {:?}", self.done);
    }

    async fn carry_out(&mut self, server: ServerId, wanted: Wanted) {
        let phase = phase(wanted.intent);
        let seen = vec![seen(wanted.number, wanted.generation, phase)];
        if phase == Phase::Gone {
            self.done.remove(&server);
        } else {
            self.done.insert(server, wanted);
        }
        self.world.says(server, FromMachine::PrivateServers { seen }).await;
    }

    async fn transfer(&mut self, server: ServerId, Transfer { transfer, number, order }: Transfer) {
        let news = match order {
            TransferOrder::Receive { token } => {
                assert_eq!((server, token.len()), (self.to, 64));
                News::Ready { port: 4_000, fingerprint: "b".repeat(64) }
            }
            TransferOrder::Send { pass, ticket } => {
                assert_eq!((server, ticket.to.to_string().as_str()), (self.from, "10.78.0.10:4000"));
                let at = usize::try_from(self.sent).expect("few");
                let ms = self.passes.get(at).or(self.passes.last()).copied().expect("one");
                self.sent += 1;
                News::Passed { pass, ms }
            }
            TransferOrder::End => return,
        };
        self.world.says(server, FromMachine::Transfer(TransferNews { transfer, number, news })).await;
    }

    async fn turns(&mut self, count: usize) {
        for _ in 0..count {
            self.turn().await;
            self.world.clock.pass(6_000);
        }
    }

    async fn begin(&self) -> Value {
        let begun =
            self.world.done("private-server.move", json!({"private_server": "web1", "to": "h2"})).await;
        begun["job"].clone()
    }

    async fn job(&self, job: &Value) -> Value {
        self.world.done("job.show", json!({"job": job})).await["job"].clone()
    }

    async fn where_it_is(&self) -> Value {
        self.world.done("private-server.show", one("web1")).await["summary"]["server"].clone()
    }
}

#[tokio::test]
async fn it_is_copied_while_it_runs_and_then_belongs_to_the_other() {
    let mut pair = Pair::new("on").await;
    pair.passes = vec![60_000, 20_000, 900];
    let job = pair.begin().await;
    pair.turns(20).await;
    let ended = pair.job(&job).await;
    assert_eq!(ended["state"], "succeeded", "{ended}");
    assert_eq!((pair.where_it_is().await, pair.world.state("web1").await), (json!("h2"), json!("running")));
    assert_eq!(pair.sent, 4, "three while it ran, one while it stood still");
    assert_eq!(pair.done.keys().collect::<Vec<_>>(), [&pair.to], "nothing is left behind");
    let room = pair.world.done("private-server.room", json!({})).await;
    assert_eq!(room["items"][0]["promised"]["memory_mib"], 0, "{room}");
}

#[tokio::test]
async fn one_that_is_off_stays_off() {
    let mut pair = Pair::new("off").await;
    let job = pair.begin().await;
    pair.turns(12).await;
    assert_eq!(pair.job(&job).await["state"], "succeeded");
    assert_eq!((pair.where_it_is().await, pair.world.state("web1").await), (json!("h2"), json!("stopped")));
    assert_eq!(pair.sent, 1);
}

#[tokio::test]
async fn cancelled_at_any_step_it_runs_where_it_was_or_where_it_went() {
    for step in 0..14 {
        let mut pair = Pair::new("on").await;
        let job = pair.begin().await;
        pair.turns(step).await;
        drop(pair.world.root("job.cancel", json!({"job": job})).await);
        pair.turns(14).await;
        let (ended, place) = (pair.job(&job).await, pair.where_it_is().await);
        match ended["state"].as_str() {
            Some("cancelled") => assert_eq!(place, "h1", "{step}: {ended}"),
            Some("succeeded") => assert_eq!(place, "h2", "{step}: {ended}"),
            _ => panic!("{step}: {ended}"),
        }
        assert_eq!(pair.world.state("web1").await, "running", "{step}");
        assert_eq!(pair.done.len(), 1, "{step}: {:?}", pair.done);
    }
}

#[tokio::test]
async fn a_restart_of_the_control_center_at_any_step_repeats_nothing_that_matters() {
    for step in 0..14 {
        let mut pair = Pair::new("on").await;
        let job = pair.begin().await;
        pair.turns(step).await;
        pair.world.restart();
        for server in [pair.from, pair.to] {
            pair.world.domain.presence.connected(server, true);
            pair.world.domain.tell_all_private_servers(server).await;
        }
        pair.turns(20).await;
        let ended = pair.job(&job).await;
        assert_eq!((&ended["state"], pair.where_it_is().await), (&json!("succeeded"), json!("h2")), "{step}");
        assert_eq!(pair.world.state("web1").await, "running", "{step}");
    }
}

#[tokio::test]
async fn webhooks_hear_once_how_a_move_ended_and_not_where_it_went() {
    let heard = ["private-server.moved", "private-server.not-moved", "private-server.running"];
    for (cancelled, expected, reason) in [
        (false, "private-server.moved", Value::Null),
        (true, "private-server.not-moved", json!("The move was cancelled.")),
    ] {
        let mut pair = Pair::new("on").await;
        let hook = pair.world.hook(&Credential::LocalRoot, &heard).await;
        let job = pair.begin().await;
        if cancelled {
            pair.world.done("job.cancel", json!({"job": job})).await;
        }
        pair.turns(20).await;
        let told = pair.world.queue(hook).await;
        assert_eq!(pair.world.events(hook).await, [expected], "{told:?}");
        let body = &told[0]["body"];
        assert_eq!((&body["object"], &body["reason"]), (&one("web1"), &reason));
        assert!(!body.to_string().contains("h2"), "{body}");
    }
}

#[tokio::test]
async fn when_the_files_do_not_arrive_it_stays_and_says_why() {
    let mut pair = Pair::new("on").await;
    pair.deaf = |message| matches!(message, ToMachine::Transfer(order) if matches!(order.order, TransferOrder::Send { .. }));
    let job = pair.begin().await;
    pair.turns(4).await;
    assert_eq!(pair.job(&job).await["state"], "running");
    // Half a day, with a pass that never ends.
    pair.world.clock.pass(13 * 3_600_000);
    pair.turns(4).await;
    let ended = pair.job(&job).await;
    assert_eq!(ended["state"], "failed");
    assert_eq!(ended["reason"], "Copying while it runs took more than 43200 s. web1 stays on h1.");
    assert_eq!((pair.where_it_is().await, pair.world.state("web1").await), (json!("h1"), json!("running")));
}

#[tokio::test]
async fn room_is_kept_at_the_target_and_the_source_while_it_is_on_its_way() {
    let mut pair = Pair::new("on").await;
    let job = pair.begin().await;
    let mut draft = input("web2");
    draft["size"]["cpu_permille"] = json!(600);
    for server in ["h1", "h2"] {
        draft["server"] = json!(server);
        let fault = pair.world.refused("private-server.create", draft.clone()).await;
        assert!(fault.reason.contains("40.0 % is promised, 60.0 % is asked for"), "{server}: {fault}");
    }
    for (action, input) in [
        ("private-server.stop", one("web1")),
        ("private-server.move", json!({"private_server": "web1", "to": "h2"})),
        ("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})),
    ] {
        let fault = pair.world.refused(action, input).await;
        assert!(fault.reason.contains(&format!("on its way to another server (job {job})")), "{fault}");
    }
    let fault = pair.world.refused("server.remove", json!({"server": "h2", "confirm": "h2"})).await;
    assert!(fault.reason.contains("web1") || fault.reason.contains("online"), "{fault}");
    pair.turns(14).await;
    assert_eq!(pair.job(&job).await["state"], "succeeded");
}

#[tokio::test]
async fn a_move_that_cannot_be_is_refused_at_once() {
    let pair = Pair::new("on").await;
    let to = |name: &str| json!({"private_server": "web1", "to": name});
    let fault = pair.world.refused("private-server.move", to("h1")).await;
    assert!(fault.reason.contains("it stands on h1 already"), "{fault}");
    pair.world.domain.presence.connected(pair.to, false);
    let mut big = input("web2");
    big["server"] = json!("h2");
    big["size"]["memory_mib"] = json!(3_000);
    pair.world.done("private-server.create", big).await;
    let fault = pair.world.refused("private-server.move", to("h2")).await;
    assert!(fault.reason.contains("memory is short"), "{fault}");
    let fault = pair.world.refused("private-server.drain", json!({"server": "h1"})).await;
    assert!(fault.reason.contains("none of your servers has room"), "{fault}");
    let fault = pair.world.refused("private-server.drain", json!({"server": "h3"})).await;
    assert_eq!(fault.code, rackwright_catalog::FaultCode::NotFound);
}

#[tokio::test]
async fn a_server_is_drained_two_at_a_time() {
    let pair = Pair::new("on").await;
    for name in ["web2", "web3", "web4"] {
        let mut draft = input(name);
        draft["server"] = json!("h1");
        draft["size"]["cpu_permille"] = json!(100);
        draft["size"]["memory_mib"] = json!(300);
        pair.world.done("private-server.create", draft).await;
    }
    // The agents of this test carry out one private server each; here only what was begun is looked at.
    let told = pair.world.obeys(pair.from).await;
    assert_eq!(told.len(), 3);
    let begun = pair.world.done("private-server.drain", json!({"server": "h1"})).await;
    assert_eq!(begun["jobs"].as_array().map(Vec::len), Some(4), "{begun}");
    let fault = pair.world.refused("private-server.drain", json!({"server": "h1"})).await;
    assert!(fault.reason.contains("that is not on its way already"), "{fault}");
}
