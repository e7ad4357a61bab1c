//! What a further idle private server takes of a server, up to a hundred of them, beside the peers.

use std::time::Duration;

use anyhow::Result;

use super::HOST;
use super::guest::{Guest, until};
use super::peers::{self, PEERS};
use crate::follow;
use crate::live::LiveRack;
use crate::prepare::TEMPLATE;
use crate::private_servers::{self, Order};
use crate::progress::Step;

/// Of each kind, first and then: what one takes is compared where the same number stands.
const FIRST: (u32, u32) = (2, 22);
const MANY: u32 = 100;
/// Two emulated processors start one after the other.
const RUNNING_LIMIT: Duration = Duration::from_secs(1_800);
/// From the order to the shell of a server that has started again.
const REBOOT_LIMIT: Duration = Duration::from_secs(300);

/// What was measured.
#[derive(Debug)]
pub struct Density {
    /// KiB of kernel and anonymous memory per further one, with the name.
    memory: Vec<(&'static str, u64)>,
    /// The same of a private server among a hundred.
    crowded_kb: u64,
    disk_kb: u64,
    pub agent_anon_kb: u64,
}

/// Makes a hundred private servers, then some of each peer. Each kind finds a server that has just started: what the kernel
/// keeps of another kind would be taken for this one's, or save it what it would have needed.
pub fn measure(live: &LiveRack, host: &Guest<'_>, step: &mut Step) -> Result<Density> {
    let memory = || host.number(&peers::line("idle && memory"));
    let disk = || host.number("sync; df --output=used --block-size=1K /srv | tail -n 1");
    let (few, more) = FIRST;
    let each = |few_kb: u64, more_kb: u64| more_kb.saturating_sub(few_kb) / u64::from(more - few);
    afresh(live, host, step)?;
    make(live, 1, few, step)?;
    let few_kb = memory()?;
    make(live, few + 1, more, step)?;
    let (more_kb, more_disk) = (memory()?, disk()?);
    make(live, more + 1, MANY, step)?;
    let (many_kb, many_disk) = (memory()?, disk()?);
    let agent = "sed -n 's/^RssAnon:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$(systemctl show --property=MainPID --value rackwright-agent)/status";
    let agent_anon_kb = host.number(agent)?;
    let further = u64::from(MANY - more);
    let kb = each(few_kb, more_kb);
    let mut rows = vec![("private servers", kb)];
    let crowded_kb = many_kb.saturating_sub(more_kb) / further;
    let disk_kb = many_disk.saturating_sub(more_disk) / further;
    // Whatever becomes of the peers.
    step.note(format!(
        "{kb} KiB each, {crowded_kb} KiB of a hundred, {disk_kb} KiB of disk, agent {agent_anon_kb} kB"
    ));

    step.note("they go");
    private_servers::remove(live, &(1..=MANY).map(name).collect::<Vec<_>>())?;
    for (kind, words) in PEERS {
        afresh(live, host, step)?;
        step.note(words);
        host.read(&peers::line(&format!("several {kind} 1 {few}")))?;
        let few_kb = memory()?;
        host.read(&peers::line(&format!("several {kind} {} {more}", few + 1)))?;
        let more_kb = memory()?;
        let kb = each(few_kb, more_kb);
        step.note(format!("{words}: {kb} KiB"));
        rows.push((words, kb));
    }
    step.result(format!("{MANY} stood at once"));
    Ok(Density { memory: rows, crowded_kb, disk_kb, agent_anon_kb })
}

/// Starts the server again, and waits until the Control Center knows that it is back.
fn afresh(live: &LiveRack, host: &Guest<'_>, step: &mut Step) -> Result<()> {
    const BOOT: &str = "cat /proc/sys/kernel/random/boot_id";
    step.note("the server starts again");
    let before = host.read(BOOT)?;
    // The shell ends with the server.
    drop(host.read("systemctl reboot"));
    until("the server has started again", REBOOT_LIMIT, || {
        Ok(host.read(BOOT).is_ok_and(|now| now != before))
    })?;
    follow::until_online(live, &[HOST], REBOOT_LIMIT, step)
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
    /// KiB of a further private server, where as many stand as of the peers.
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
        println!("{:<34} {:>9} KiB", format!("private servers, up to {MANY}"), self.crowded_kb);
        println!("{:<34} {:>9} KiB", "disk of a private server", self.disk_kb);
        println!("{:<34} {:>9} kB", format!("agent's RssAnon with {MANY}"), self.agent_anon_kb);
    }
}
