//! Sessions of machines that remember what was sent to them.

use std::collections::HashSet;
use std::sync::Mutex;

use rackwright_domain::ports::Machines;
use rackwright_model::ServerId;
use rackwright_proto::ToMachine;

/// What was done to a session.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    ToBoot(String, ToMachine),
    ToAgent(ServerId, ToMachine),
    Dropped(ServerId),
}

/// Nobody holds a session until the test says so.
#[derive(Default)]
pub struct FakeMachines {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    boots: HashSet<String>,
    agents: HashSet<ServerId>,
    sent: Vec<Sent>,
}

impl FakeMachines {
    /// The provisioning environment of this boot holds a session.
    pub fn boot_connects(&self, boot: &str) {
        self.state.lock().expect("whole").boots.insert(boot.to_owned());
    }

    /// The agent of this server holds a session.
    pub fn agent_connects(&self, server: ServerId) {
        self.state.lock().expect("whole").agents.insert(server);
    }

    /// What was sent since the last time this was asked.
    pub fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.state.lock().expect("whole").sent)
    }
}

impl Machines for FakeMachines {
    fn send_to_boot(&self, boot: &str, message: ToMachine) -> bool {
        let mut state = self.state.lock().expect("whole");
        let held = state.boots.contains(boot);
        if held {
            state.sent.push(Sent::ToBoot(boot.to_owned(), message));
        }
        held
    }

    fn send_to_agent(&self, server: ServerId, message: ToMachine) -> bool {
        let mut state = self.state.lock().expect("whole");
        let held = state.agents.contains(&server);
        if held {
            state.sent.push(Sent::ToAgent(server, message));
        }
        held
    }

    fn drop_agent(&self, server: ServerId) {
        let mut state = self.state.lock().expect("whole");
        state.agents.remove(&server);
        state.sent.push(Sent::Dropped(server));
    }
}
