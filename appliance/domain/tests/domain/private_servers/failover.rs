//! Failover: a server is known to be off before anything of it starts elsewhere, and never do two run one private server,
//! whatever breaks off in between.

use std::collections::{BTreeMap, HashMap};

use rackwright_domain::Credential;
use rackwright_domain::ports::Power;
use rackwright_model::private_server::{Intent, Number, Wanted};
use rackwright_model::{ServerId, ServerState};
use rackwright_proto::{FromMachine, ToMachine};
use rackwright_store::server::server_set_state;
use serde_json::{Value, json};

use super::one;
use crate::support::private::{input, phase, seen};
use crate::support::{BmcCall, Sent, World};

/// `h1` with private servers on a NAS and one on its own disk, and `h2` and `h3`, which have room. Only `h1` has a BMC.
struct Racks {
    world: World,
    dead: ServerId,
    others: [ServerId; 2],
    /// What each server runs: what it was told and could hear.
    runs: HashMap<ServerId, BTreeMap<Number, Wanted>>,
    /// Whether `h1` is cut off the network.
    cut: bool,
    /// The order in which private servers were started elsewhere.
    started: Vec<String>,
}

impl Racks {
    async fn new() -> Self {
        let world = World::with_room().await;
        let dead = world.domain.presence.connected_servers()[0];
        let bmc = json!({"address": "10.78.0.50", "user": "admin", "password": "a secret"});
        world.done("server.set-bmc", json!({"server": "h1", "bmc": bmc})).await;
        world.bmc.turn(true);
        let nas =
            json!({"name": "nas1", "purpose": "roots", "address": "10.78.0.20", "path": "/srv/private"});
        world.done("nas.create", nas).await;
        for (name, nas, priority) in [("late", Some("nas1"), 9), ("soon", Some("nas1"), 1), ("here", None, 1)]
        {
            let mut draft = input(name);
            draft["size"]["cpu_permille"] = json!(100);
            draft["size"]["memory_mib"] = json!(600);
            (draft["nas"], draft["priority"], draft["server"]) = (json!(nas), json!(priority), json!("h1"));
            world.done("private-server.create", draft).await;
        }
        let others = [world.host("h2", 10).await, world.host("h3", 11).await];
        let (runs, started) = (HashMap::new(), Vec::new());
        let mut racks = Self { world, dead, others, runs, cut: false, started };
        racks.turn().await;
        racks
    }

    /// The agents that can be reached do as they were told, then the Control Center looks at it.
    async fn turn(&mut self) {
        for sent in self.world.machines.take_sent() {
            if let Sent::ToAgent(server, ToMachine::PrivateServers { wanted }) = sent {
                for wanted in wanted {
                    self.carry_out(server, wanted).await;
                }
            }
        }
        self.world.domain.step_moves().await.expect("looked");
        self.world.domain.step_failovers().await.expect("looked");
        self.never_two();
    }

    async fn carry_out(&mut self, server: ServerId, wanted: Wanted) {
        let phase = phase(wanted.intent);
        let seen = vec![seen(wanted.number, wanted.generation, phase)];
        let runs = self.runs.entry(server).or_default();
        if wanted.intent == Intent::On {
            if runs.insert(wanted.number, wanted.clone()).is_none() && server != self.dead {
                self.started.push(wanted.name.to_string());
            }
        } else {
            runs.remove(&wanted.number);
        }
        self.never_two();
        self.world.says(server, FromMachine::PrivateServers { seen }).await;
    }

    /// What a server runs that has power, whoever can reach it.
    fn never_two(&self) {
        let powered = |server: ServerId| server != self.dead || self.world.bmc.is_running();
        let mut running: BTreeMap<Number, Vec<ServerId>> = BTreeMap::new();
        for (server, runs) in self.runs.iter().filter(|(server, _)| powered(**server)) {
            runs.keys().for_each(|number| running.entry(*number).or_default().push(*server));
        }
        assert!(running.values().all(|servers| servers.len() < 2), "two run one: {running:?}");
    }

    async fn turns(&mut self, count: usize) {
        for _ in 0..count {
            self.turn().await;
            self.world.clock.pass(2_000);
        }
    }

    /// The network of `h1` breaks; what runs there goes on.
    async fn cut(&mut self) {
        self.cut = true;
        self.world.domain.ports.machines.drop_agent(self.dead);
        self.world.domain.presence.connected(self.dead, false);
        let dead = self.dead;
        self.world.write(move |tx| Ok(server_set_state(tx, dead, ServerState::Unreachable, None)?)).await;
    }

    /// It is powered on and boots: nothing runs before its agent was told.
    async fn comes_back(&mut self) {
        self.world.bmc.turn(true);
        self.runs.remove(&self.dead);
        self.cut = false;
        self.world.machines.agent_connects(self.dead);
        self.world.domain.presence.connected(self.dead, true);
        let dead = self.dead;
        self.world.write(move |tx| Ok(server_set_state(tx, dead, ServerState::Online, None)?)).await;
        self.world.domain.tell_all_private_servers(dead).await;
    }

    /// The Control Center is killed and starts again; the agents connect that can.
    async fn restart(&mut self) {
        self.world.restart();
        let there = [(self.dead, !self.cut), (self.others[0], true), (self.others[1], true)];
        for (server, _) in there.into_iter().filter(|(_, connects)| *connects) {
            self.world.domain.presence.connected(server, true);
            self.world.domain.tell_all_private_servers(server).await;
        }
    }

    async fn shown(&self, name: &str) -> Value {
        self.world.done("private-server.show", one(name)).await["summary"].clone()
    }

    async fn failover(&self) -> Value {
        self.world.done("failover.show", json!({})).await["failovers"][0].clone()
    }

    /// A private server with its disk on the NAS that is to run on this server.
    async fn runs_on(&mut self, name: &str, server: &str) {
        let mut draft = input(name);
        draft["size"]["cpu_permille"] = json!(100);
        draft["size"]["memory_mib"] = json!(600);
        (draft["nas"], draft["server"]) = (json!("nas1"), json!(server));
        self.world.done("private-server.create", draft).await;
        self.turn().await;
        self.started.clear();
    }

    /// Whether a server answers that is not `h1`; what runs there goes on.
    async fn answers(&self, server: ServerId, answers: bool) {
        self.world.domain.presence.connected(server, answers);
        let state = if answers { ServerState::Online } else { ServerState::Unreachable };
        self.world.write(move |tx| Ok(server_set_state(tx, server, state, None)?)).await;
    }

    /// Why nobody is powered off, where it is shown.
    async fn held(&self) -> Option<String> {
        let held = self.world.done("failover.show", json!({})).await["held"].as_str().map(str::to_owned);
        let status = self.world.done("system.status", json!({})).await;
        let warnings = status["warnings"].as_array().expect("a list");
        let warned = warnings.iter().find(|warning| warning["action"] == "server.confirm-dead");
        let said = |warning: &Value| {
            let text = |field: &str| warning[field].as_str().expect("a sentence").to_owned();
            format!("{} {}", text("problem"), text("advice"))
        };
        assert_eq!(held, warned.map(said), "it says the same everywhere");
        held
    }

    /// How often it was said that servers are not powered off by themselves.
    fn said_held(&self) -> usize {
        let events = self.world.domain.events.since(0, None);
        events.iter().filter(|event| event.view.text.contains("none is powered off by itself")).count()
    }

    async fn is_elsewhere(&self, name: &str) -> bool {
        self.shown(name).await["server"] != "h1"
    }
}

#[tokio::test]
async fn a_dead_server_is_powered_off_and_its_private_servers_start_elsewhere_in_order() {
    let mut racks = Racks::new().await;
    racks.cut().await;
    racks.world.bmc.take_calls();
    racks.world.clock.pass(119_000);
    racks.turn().await;
    assert_eq!(racks.world.bmc.take_calls(), [], "it is waited for");
    racks.world.clock.pass(2_000);
    racks.turns(4).await;
    let calls = racks.world.bmc.take_calls();
    assert_eq!(calls[..3], [BmcCall::IsOn, BmcCall::Power(Power::Off), BmcCall::IsOn]);
    assert_eq!(racks.started, ["soon", "late"], "the urgent one first");
    for name in ["soon", "late"] {
        let shown = racks.shown(name).await;
        assert_eq!(shown["state"], "running", "{shown}");
        assert!(racks.is_elsewhere(name).await, "{shown}");
    }
    let here = racks.shown("here").await;
    assert_eq!((&here["server"], &here["state"]), (&json!("h1"), &json!("unreachable")));
    let waits = "It waits for its server, which does not answer: its files are there.";
    assert_eq!(here["reason"], waits);
    assert_eq!(racks.failover().await, Value::Null, "it is over");

    racks.comes_back().await;
    racks.turns(3).await;
    let own: Vec<String> = racks.runs[&racks.dead].values().map(|wanted| wanted.name.to_string()).collect();
    assert_eq!(own, ["here"], "what started elsewhere does not start here");
    assert!(racks.is_elsewhere("soon").await && racks.is_elsewhere("late").await);
}

#[tokio::test]
async fn webhooks_hear_what_starts_elsewhere_and_when_it_runs() {
    let mut racks = Racks::new().await;
    racks.world.done("private-server.stop", one("late")).await;
    racks.turn().await;
    let heard = ["private-server.started-elsewhere", "private-server.running"];
    let hook = racks.world.hook(&Credential::LocalRoot, &heard).await;
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(6).await;
    assert!(racks.is_elsewhere("soon").await && racks.is_elsewhere("late").await);
    assert_eq!(racks.world.events(hook).await, heard, "one that is off is not started");
    for told in racks.world.queue(hook).await {
        assert_eq!(told["body"]["object"], one("soon"), "{told}");
    }
}

#[tokio::test]
async fn without_a_confirmed_fence_nothing_starts_and_a_person_may_vouch() {
    let mut racks = Racks::new().await;
    racks.world.bmc.fail(Some("10.78.0.50 does not answer"));
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(30).await;
    let failover = racks.failover().await;
    assert_eq!(failover["stage"], "fencing");
    let reason = failover["reason"].as_str().expect("a reason");
    assert!(reason.contains("10.78.0.50 does not answer") && reason.contains("confirm-dead h1"), "{reason}");
    assert_eq!(failover["waiting"], json!(["soon", "late"]));
    assert!(racks.started.is_empty(), "{:?}", racks.started);
    let shown = racks.world.done("server.show", json!({"server": "h1"})).await;
    assert_eq!(shown["failover"]["reason"], failover["reason"]);
    let waits = racks.shown("soon").await["reason"].clone();
    assert_eq!(
        waits,
        "Its server does not answer. It is started on another as soon as that one is known to be off."
    );

    let fault = racks.world.refused("server.confirm-dead", json!({"server": "h1"})).await;
    assert!(fault.reason.contains("destroyed"), "{fault}");
    let fault = racks.world.refused("server.confirm-dead", json!({"server": "h2", "confirm": "h2"})).await;
    assert!(fault.reason.contains("online"), "{fault}");
    assert!(racks.started.is_empty());
    // Somebody pulled the plug.
    racks.world.bmc.turn(false);
    racks.world.done("server.confirm-dead", json!({"server": "h1", "confirm": "h1"})).await;
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn a_bmc_that_says_yes_and_does_nothing_is_not_believed() {
    let mut racks = Racks::new().await;
    racks.world.bmc.stuck();
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(40).await;
    assert!(racks.started.is_empty(), "{:?}", racks.started);
    let reason = racks.failover().await["reason"].clone();
    assert!(reason.to_string().contains("says that it is on"), "{reason}");
}

#[tokio::test]
async fn one_that_answers_again_keeps_its_own() {
    let mut racks = Racks::new().await;
    racks.world.bmc.fail(Some("busy"));
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(3).await;
    assert_eq!(racks.failover().await["stage"], "fencing");
    // The network is back; it never lost its power.
    racks.comes_back().await;
    racks.turns(3).await;
    assert_eq!(racks.failover().await, Value::Null);
    assert!(racks.started.is_empty());
    assert!(!racks.is_elsewhere("soon").await);
}

#[tokio::test]
async fn those_without_room_wait_for_it_or_for_their_server() {
    let mut racks = Racks::new().await;
    for (name, server) in [("big2", "h2"), ("big3", "h3")] {
        let mut draft = input(name);
        draft["server"] = json!(server);
        draft["size"]["cpu_permille"] = json!(100);
        draft["size"]["memory_mib"] = json!(if server == "h2" { 2_800 } else { 3_600 });
        racks.world.done("private-server.create", draft).await;
    }
    racks.turn().await;
    racks.started.clear();
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon"], "there is room for one");
    let failover = racks.failover().await;
    assert_eq!(failover["reason"], "There is no room elsewhere for: late.");
    assert_eq!(
        racks.shown("late").await["reason"],
        "Its server is off. It is started on another as soon as there is room."
    );
    racks.world.done("private-server.remove", json!({"private_server": "big3", "confirm": "big3"})).await;
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn one_that_somebody_powers_on_again_is_not_taken_for_dead() {
    let mut racks = Racks::new().await;
    let mut draft = input("big");
    draft["server"] = json!("h2");
    draft["size"]["memory_mib"] = json!(3_500);
    racks.world.done("private-server.create", draft.clone()).await;
    (draft["name"], draft["server"]) = (json!("big3"), json!("h3"));
    racks.world.done("private-server.create", draft).await;
    racks.turn().await;
    racks.started.clear();
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(4).await;
    racks.runs.remove(&racks.dead);
    racks.world.bmc.turn(true);
    for name in ["big", "big3"] {
        racks.world.done("private-server.remove", json!({"private_server": name, "confirm": name})).await;
    }
    racks.turns(4).await;
    assert!(racks.started.is_empty(), "it may be booting");
    assert!(racks.failover().await["reason"].to_string().contains("now it is on"));
    racks.comes_back().await;
    racks.turns(2).await;
    assert_eq!(racks.failover().await, Value::Null);
    assert!(!racks.is_elsewhere("soon").await);
}

#[tokio::test]
async fn when_nobody_answers_nobody_is_powered_off() {
    let mut racks = Racks::new().await;
    racks.cut().await;
    for other in racks.others {
        racks.world.domain.presence.connected(other, false);
    }
    racks.world.bmc.take_calls();
    racks.world.clock.pass(1_000_000);
    racks.turns(3).await;
    assert_eq!(racks.world.bmc.take_calls(), [], "it is the Control Center that is cut off");
    assert!(racks.held().await.is_some_and(|held| held.contains("No server is connected")));
}

#[tokio::test]
async fn when_most_fall_silent_at_once_nobody_is_powered_off_until_enough_answer() {
    let mut racks = Racks::new().await;
    racks.runs_on("two", "h2").await;
    racks.runs_on("three", "h3").await;
    let hook = json!({"receiver": "https://hooks.example.com", "events": ["failover.held"]});
    let hook = racks.world.done("webhook.create", hook).await["webhook"].clone();
    racks.cut().await;
    racks.answers(racks.others[0], false).await;
    racks.world.bmc.take_calls();
    racks.world.clock.pass(119_000);
    racks.turn().await;
    assert_eq!(racks.held().await, None, "it is waited for");
    racks.world.clock.pass(1_000_000);
    racks.turns(4).await;
    assert_eq!(racks.world.bmc.take_calls(), []);
    assert_eq!(racks.failover().await, Value::Null, "none has begun");
    let held = racks.held().await.expect("it is held");
    for part in ["2 of 3 servers", "server power NAME --order off", "server confirm-dead NAME"] {
        assert!(held.contains(part), "{held}");
    }
    let told = racks.world.done("delivery.list", json!({"webhook": hook})).await;
    assert_eq!((told["items"].as_array().map(Vec::len), racks.said_held()), (Some(1), 1), "once");

    racks.answers(racks.others[0], true).await;
    racks.turns(4).await;
    assert_eq!(racks.held().await, None);
    assert!(racks.world.bmc.take_calls().contains(&BmcCall::Power(Power::Off)));
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn of_two_servers_one_may_be_dead() {
    let mut racks = Racks::new().await;
    racks.runs_on("two", "h2").await;
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(4).await;
    assert_eq!(racks.held().await, None);
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn one_that_was_not_powered_off_yet_is_left_alone_when_most_fall_silent() {
    let mut racks = Racks::new().await;
    racks.runs_on("two", "h2").await;
    racks.runs_on("three", "h3").await;
    racks.world.bmc.fail(Some("busy"));
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(2).await;
    assert_eq!(racks.failover().await["stage"], "fencing");
    racks.answers(racks.others[0], false).await;
    racks.world.bmc.fail(None);
    racks.world.bmc.take_calls();
    racks.turns(20).await;
    assert_eq!(racks.world.bmc.take_calls(), []);
    assert!(racks.held().await.is_some() && racks.started.is_empty());
    racks.answers(racks.others[0], true).await;
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn a_person_may_vouch_for_one_while_the_others_are_held() {
    let mut racks = Racks::new().await;
    racks.runs_on("two", "h2").await;
    racks.runs_on("three", "h3").await;
    racks.cut().await;
    racks.answers(racks.others[0], false).await;
    racks.world.clock.pass(121_000);
    racks.turns(2).await;
    assert!(racks.held().await.is_some());
    racks.world.done("server.power", json!({"server": "h1", "order": "off"})).await;
    racks.world.done("server.confirm-dead", json!({"server": "h1", "confirm": "h1"})).await;
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon", "late"]);
    // One of the two that are left: whether it is dead is for its BMC to say, and it has none.
    assert_eq!(racks.held().await, None);
    assert_eq!(racks.shown("two").await["server"], "h2");
}

#[tokio::test]
async fn failover_can_be_turned_off_and_its_patience_chosen() {
    let mut racks = Racks::new().await;
    assert_eq!(racks.world.done("failover.show", json!({})).await["after_s"], 120);
    // It is not switched off by leaving something out.
    for (input, field) in [(json!({}), "after_s"), (json!({"after_s": 60, "never": true}), "never")] {
        assert_eq!(racks.world.refused("failover.set", input).await.fields[0].field, field);
        assert_eq!(racks.world.done("failover.show", json!({})).await["after_s"], 120);
    }
    racks.world.done("failover.set", json!({"never": true})).await;
    racks.cut().await;
    racks.world.clock.pass(1_000_000);
    racks.turns(2).await;
    assert_eq!(racks.failover().await, Value::Null);
    racks.world.done("failover.set", json!({"after_s": 2_000})).await;
    racks.turns(2).await;
    assert_eq!(racks.failover().await, Value::Null);
    racks.world.clock.pass(1_000_000);
    racks.turns(4).await;
    assert_eq!(racks.started, ["soon", "late"]);
}

#[tokio::test]
async fn a_restart_of_the_control_center_at_any_step_starts_nothing_twice() {
    for step in 0..8 {
        let mut racks = Racks::new().await;
        racks.cut().await;
        racks.world.clock.pass(121_000);
        racks.turns(step).await;
        racks.restart().await;
        // Its own start counts as a sign of life of everybody.
        racks.turns(2).await;
        racks.world.clock.pass(121_000);
        racks.turns(6).await;
        assert_eq!(racks.started, ["soon", "late"], "{step}");
        assert!(!racks.world.bmc.is_running(), "{step}");
        racks.comes_back().await;
        racks.turns(3).await;
        assert!(racks.is_elsewhere("soon").await && racks.is_elsewhere("late").await, "{step}");
    }
}

#[tokio::test]
async fn a_server_that_dies_or_comes_back_at_any_step_of_a_move_leaves_one_that_runs() {
    for step in 0..8 {
        let mut racks = Racks::new().await;
        racks.world.done("private-server.move", json!({"private_server": "soon", "to": "h2"})).await;
        racks.turns(step).await;
        racks.cut().await;
        racks.world.clock.pass(121_000);
        racks.turns(8).await;
        racks.comes_back().await;
        racks.turns(4).await;
        assert!(racks.is_elsewhere("soon").await, "{step}");
        assert_eq!(racks.shown("soon").await["state"], "running", "{step}");
        let servers =
            racks.runs.values().filter(|runs| runs.values().any(|wanted| wanted.name.as_str() == "soon"));
        assert_eq!(servers.count(), 1, "{step}");
    }
}

#[tokio::test]
async fn epochs_only_grow() {
    let mut racks = Racks::new().await;
    let epoch = |racks: &Racks| {
        let all = racks.runs.values().flat_map(BTreeMap::values);
        let soon = all.filter(|wanted| wanted.name.as_str() == "soon");
        soon.filter_map(|wanted| wanted.nas.as_ref())
            .map(|nas| (nas.epoch, nas.server))
            .max()
            .expect("it runs")
    };
    assert_eq!(epoch(&racks), (1, racks.dead));
    racks.cut().await;
    racks.world.clock.pass(121_000);
    racks.turns(4).await;
    let (second, server) = epoch(&racks);
    assert!(second == 2 && racks.others.contains(&server));
    racks.comes_back().await;
    racks.turns(2).await;
    let job =
        racks.world.done("private-server.move", json!({"private_server": "soon", "to": "h1"})).await["job"]
            .clone();
    racks.turns(6).await;
    let job = racks.world.done("job.show", json!({"job": job})).await["job"].clone();
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(epoch(&racks), (3, racks.dead));
}
