//! What a further idle private server takes of a server, up to a hundred of them, beside the peers.

use std::time::Duration;

use anyhow::Result;

use super::HOST;
use super::guest::Guest;
use super::peers::{self, PEERS};
use crate::live::LiveRack;
use crate::prepare::TEMPLATE;
use crate::private_servers::{self, Order};
use crate::progress::Step;

const FEW: u32 = 10;
const MANY: u32 = 100;
/// Peers, first and then.
const OTHERS: (u32, u32) = (2, 12);
/// Two emulated processors start one after the other.
const RUNNING_LIMIT: Duration = Duration::from_secs(1_800);

/// What was measured.
#[derive(Debug)]
pub struct Density {
    /// KiB of kernel and anonymous memory per further one, with the name.
    memory: Vec<(&'static str, u64)>,
    disk_kb: u64,
    pub agent_anon_kb: u64,
}

/// Makes a hundred private servers, then some of each peer.
pub fn measure(live: &LiveRack, host: &Guest<'_>, step: &mut Step) -> Result<Density> {
    let memory = || host.number(&peers::line("idle && memory"));
    let disk = || host.number("sync; df --output=used --block-size=1K /srv | tail -n 1");
    make(live, 1, FEW, step)?;
    let (few_kb, few_disk) = (memory()?, disk()?);
    make(live, FEW + 1, MANY, step)?;
    let (many_kb, many_disk) = (memory()?, disk()?);
    let agent = "sed -n 's/^RssAnon:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$(pidof -s rackwright-agent)/status";
    let agent_anon_kb = host.number(agent)?;
    let further = u64::from(MANY - FEW);
    let mut rows = vec![("private servers", many_kb.saturating_sub(few_kb) / further)];
    let disk_kb = many_disk.saturating_sub(few_disk) / further;

    step.note("they go");
    private_servers::remove(live, &(1..=MANY).map(name).collect::<Vec<_>>())?;
    for (kind, words) in PEERS {
        step.note(words);
        let (few, many) = OTHERS;
        host.read(&peers::line(&format!("several {kind} 1 {few}")))?;
        let few_kb = memory()?;
        host.read(&peers::line(&format!("several {kind} {} {many}", few + 1)))?;
        let many_kb = memory()?;
        host.read(&peers::line(&format!("none {kind} {many}")))?;
        rows.push((words, many_kb.saturating_sub(few_kb) / u64::from(many - few)));
    }
    step.result(format!("{MANY} stood at once"));
    Ok(Density { memory: rows, disk_kb, agent_anon_kb })
}

fn name(number: u32) -> String {
    format!("idle-{number}")
}

fn make(live: &LiveRack, first: u32, last: u32, step: &mut Step) -> Result<()> {
    let names: Vec<String> = (first..=last).map(name).collect();
    for name in &names {
        let order = Order {
            name,
            server: Some(HOST),
            template: TEMPLATE,
            cpu_permille: 9,
            memory_mib: 34,
            disk_mib: 64,
            kbit: 900,
        };
        order.give(live)?;
    }
    private_servers::until_running(live, &names, RUNNING_LIMIT, step)
}

impl Density {
    /// KiB of a further private server.
    pub fn memory_kb(&self) -> u64 {
        self.memory.first().map_or(0, |(_, kb)| *kb)
    }

    pub fn leanest_peer_kb(&self) -> u64 {
        self.memory.iter().skip(1).map(|(_, kb)| *kb).min().unwrap_or(0)
    }

    /// MiB of a further private server.
    pub fn disk_mb(&self) -> f64 {
        f64::from(u32::try_from(self.disk_kb).unwrap_or(u32::MAX)) / 1024.0
    }

    pub fn print(&self) {
        println!("\n{:<34} {:>12}", "a further idle one", "memory");
        for (words, kb) in &self.memory {
            println!("{words:<34} {kb:>9} KiB");
        }
        println!("{:<34} {:>9} KiB", "disk of a private server", self.disk_kb);
        println!("{:<34} {:>9} kB", format!("agent's RssAnon with {MANY}"), self.agent_anon_kb);
    }
}
