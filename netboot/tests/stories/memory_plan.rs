//! A boot plan in memory.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;

use rackwright_model::MacAddr;
use rackwright_model::network::{DhcpMode, Subnet};
use rackwright_netboot::plan::{Answer, BootChoice, BootFact, BootPlan, Grant, Lease, LeaseAsk, Silence};

const FIRST: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 100);

/// Leases 10.77.0.100 onwards in order of asking, and notes everything.
pub struct MemoryPlan {
    pub state: Mutex<State>,
    subnet: Subnet,
}

pub struct State {
    pub leases: HashMap<MacAddr, Ipv4Addr>,
    pub asks: Vec<LeaseAsk>,
    pub facts: Vec<BootFact>,
    pub silences: Vec<String>,
    pub released: Vec<Ipv4Addr>,
    pub declined: Vec<Ipv4Addr>,
    pub choice: Result<BootChoice, Silence>,
    /// Machines that get no boot program.
    pub denied: Vec<MacAddr>,
    /// Whether another server leases the addresses.
    pub beside: bool,
}

pub fn silence(reason: &str) -> Silence {
    Silence { reason: reason.into(), refuse: false }
}

impl Default for MemoryPlan {
    fn default() -> Self {
        let subnet = Subnet {
            cidr: "10.77.0.0/24".parse().expect("a network"),
            mode: DhcpMode::Pool,
            pool_first: Some(FIRST),
            pool_last: Some(Ipv4Addr::new(10, 77, 0, 199)),
            router: Some(Ipv4Addr::new(10, 77, 0, 1)),
            dns: vec![Ipv4Addr::new(10, 77, 0, 1)],
            lease_s: 600,
        };
        let choice = Ok(BootChoice::Provision {
            nonce: "n0nce".into(),
            flavour: "cloud".into(),
            kernel_args: "console=ttyS0".into(),
        });
        let state = State {
            leases: HashMap::new(),
            asks: Vec::new(),
            facts: Vec::new(),
            silences: Vec::new(),
            released: Vec::new(),
            declined: Vec::new(),
            choice,
            denied: Vec::new(),
            beside: false,
        };
        Self { state: Mutex::new(state), subnet }
    }
}

impl MemoryPlan {
    pub fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().expect("no test panicked here"))
    }

    fn lease(&self, ask: &LeaseAsk) -> Lease {
        self.with(|state| {
            state.asks.push(ask.clone());
            let next = u32::from(FIRST) + state.leases.len() as u32;
            let address = *state.leases.entry(ask.mac).or_insert(Ipv4Addr::from(next));
            Lease {
                address,
                subnet: self.subnet.clone(),
                seconds: self.subnet.lease_s,
                host_name: ask.host_name.clone(),
            }
        })
    }
}

fn now<'a, T: Send + 'a>(answer: Result<T, Silence>) -> Answer<'a, T> {
    Box::pin(async { answer })
}

impl BootPlan for MemoryPlan {
    fn offer(&self, ask: LeaseAsk) -> Answer<'_, Grant> {
        if self.with(|state| state.beside) {
            return now(Ok(Grant::Elsewhere));
        }
        now(Ok(Grant::Lease(self.lease(&ask))))
    }

    fn commit(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, Grant> {
        if self.with(|state| state.beside) {
            return now(Ok(Grant::Elsewhere));
        }
        let lease = self.lease(&ask);
        if lease.address == address {
            now(Ok(Grant::Lease(lease)))
        } else {
            now(Err(Silence { reason: format!("{address} is not this machine's address"), refuse: true }))
        }
    }

    fn elsewhere(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, ()> {
        now(self.with(|state| {
            if state.beside {
                state.leases.insert(ask.mac, address);
                Ok(())
            } else {
                Err(silence("There should be no other server."))
            }
        }))
    }

    fn release(&self, mac: MacAddr, address: Ipv4Addr) -> Answer<'_, ()> {
        self.with(|state| {
            state.leases.remove(&mac);
            state.released.push(address);
        });
        now(Ok(()))
    }

    fn decline(&self, _: MacAddr, address: Ipv4Addr) -> Answer<'_, ()> {
        self.with(|state| state.declined.push(address));
        now(Ok(()))
    }

    fn may_netboot(&self, mac: MacAddr) -> Answer<'_, ()> {
        let denied = self.with(|state| state.denied.contains(&mac));
        now(if denied { Err(silence("This machine is on the deny list.")) } else { Ok(()) })
    }

    fn choose(&self, _: MacAddr) -> Answer<'_, BootChoice> {
        now(self.with(|state| state.choice.clone()))
    }

    fn holder(&self, address: Ipv4Addr) -> Answer<'_, MacAddr> {
        let holder =
            self.with(|state| state.leases.iter().find(|(_, held)| **held == address).map(|(mac, _)| *mac));
        now(holder.ok_or_else(|| silence("Nobody holds this address.")))
    }

    fn passed(&self, fact: BootFact) {
        self.with(|state| state.facts.push(fact));
    }

    fn silent(&self, _: MacAddr, reason: &str) {
        self.with(|state| state.silences.push(reason.into()));
    }
}
