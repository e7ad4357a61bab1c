//! Private servers on a rack's servers: made, followed until they run, signed in to.

mod order;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::hardware::Tool;
use crate::interrupt;
use crate::live::LiveRack;
use crate::prepare::Template;
use crate::progress::{Step, step};
use crate::ssh;

pub use order::Order;

/// The private half of the rack's key, in its run directory.
pub const KEY: &str = "key";
/// Fetching the template, making and starting, all together on two busy processors.
pub const RUNNING_LIMIT: Duration = Duration::from_secs(300);
/// Stopping and removing the files of one.
const REMOVED_LIMIT: Duration = Duration::from_secs(90);
/// Software emulation makes the first key exchange slow.
const LOGIN_LIMIT: Duration = Duration::from_secs(120);
/// So many are told of by name.
const FEW: usize = 8;
/// Thousandths of a server's processors that are shared out.
const CPU_PERMILLE: u32 = 900;

/// Those that were made, with the key that opens them.
#[derive(Debug)]
pub struct PrivateServers {
    key: PathBuf,
    all: Vec<Line>,
}

/// One as `private-server list` shows it, as far as the rack looks.
#[derive(Debug, Clone, Deserialize)]
struct Line {
    name: String,
    state: String,
    reason: Option<String>,
    address: Option<String>,
    server: Option<String>,
}

impl PrivateServers {
    /// The name of the first.
    pub fn first(&self) -> &str {
        self.all.first().map_or("", |one| &one.name)
    }

    /// What a person types to sign in on each.
    pub fn ssh_lines(&self, live: &LiveRack) -> impl Iterator<Item = String> {
        let namespace = live.rack.namespace().path();
        let addresses = self.all.iter().filter_map(|one| one.address.as_deref());
        addresses.map(move |address| {
            format!(
                "nsenter --net={} ssh -i {} {} root@{address}",
                namespace.display(),
                self.key.display(),
                "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
            )
        })
    }
}

/// Makes the key of the rack, which opens its servers and its private servers; its public half.
///
/// # Errors
/// `ssh-keygen` fails.
pub fn make_key(live: &LiveRack) -> Result<String> {
    let key = live.rack.run_dir().join(KEY);
    Tool::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "rack", "-f"]).arg(&key).run()?;
    public_key(live)
}

/// Makes `count` private servers with the rack's key, waits until they run, signs in on each and prints what became of them.
///
/// # Errors
/// One is refused, does not run in time, or does not let us in.
pub fn bring_up(live: &LiveRack, template: &Template, count: u8) -> Result<PrivateServers> {
    let key = live.rack.run_dir().join(KEY);
    let names: Vec<String> = (1..=count).map(|number| format!("private-{number}")).collect();
    step("Private servers", |step| {
        step.note("the template");
        live.offer_template(template, step)?;
        create(live, &template.name, &names)?;
        until_running(live, &names, RUNNING_LIMIT, step)?;
        step.result(format!("{count} run"));
        Ok(())
    })?;
    let all = lines(live)?;
    let facts = step("Sign-in on each", |_| {
        all.iter().map(|one| sign_in(live, &key, one)).collect::<Result<Vec<_>>>()
    })?;
    println!("\n{:<12} {:<12} {:<16} inside", "name", "server", "address");
    for (one, facts) in all.iter().zip(&facts) {
        let [server, address] = [&one.server, &one.address].map(|text| text.as_deref().unwrap_or("-"));
        println!("{:<12} {server:<12} {address:<16} {facts}", one.name);
    }
    Ok(PrivateServers { key, all })
}

/// All of one size, so that they fit on one server of the rack.
fn create(live: &LiveRack, template: &str, names: &[String]) -> Result<()> {
    let count = u32::try_from(names.len()).unwrap_or(CPU_PERMILLE).max(1);
    for name in names {
        let order = Order {
            name,
            server: None,
            template,
            cpu_permille: (CPU_PERMILLE / count).min(150),
            memory_mib: (1_600 / count).clamp(64, 256),
            disk_mib: (3_600 / count).clamp(64, 512),
            kbit: 10_000,
        };
        order.give(live)?;
    }
    Ok(())
}

/// The public half of the rack's key.
///
/// # Errors
/// [`make_key`] was not called.
fn public_key(live: &LiveRack) -> Result<String> {
    let path = live.rack.run_dir().join(KEY).with_extension("pub");
    let public = std::fs::read_to_string(path).context("reading the public key")?;
    Ok(public.trim().to_owned())
}

fn lines(live: &LiveRack) -> Result<Vec<Line>> {
    let mut list = live.rackwright().act(&["private-server", "list"])?;
    serde_json::from_value(list["items"].take()).context("understanding `private-server list`")
}

/// The address of one.
///
/// # Errors
/// There is no such private server, or it has none.
pub fn address(live: &LiveRack, name: &str) -> Result<String> {
    let shown = live.rackwright().act(&["private-server", "show", name])?;
    let address = shown["summary"]["address"].as_str().with_context(|| format!("{name} has no address"))?;
    Ok(address.to_owned())
}

/// The number of one, which is in the names of its cgroup and its directories.
///
/// # Errors
/// There is no such private server.
pub fn number(live: &LiveRack, name: &str) -> Result<u64> {
    let shown = live.rackwright().act(&["private-server", "show", name])?;
    shown["summary"]["number"].as_u64().with_context(|| format!("{name} has no number"))
}

/// Waits until they run, as the Control Center sees it.
///
/// # Errors
/// Not all do within the limit.
pub fn until_running(live: &LiveRack, names: &[String], limit: Duration, step: &mut Step) -> Result<()> {
    let started = Instant::now();
    loop {
        let all: Vec<Line> = lines(live)?.into_iter().filter(|one| names.contains(&one.name)).collect();
        let states = states(&all);
        step.note(states.as_str());
        if all.len() == names.len() && all.iter().all(|one| one.state == "running") {
            return Ok(());
        }
        if started.elapsed() > limit {
            let reasons: Vec<&str> = all.iter().filter_map(|one| one.reason.as_deref()).collect();
            bail!("not running after {} s: {states}: {}", limit.as_secs(), reasons.join("; "));
        }
        interrupt::pause(Duration::from_millis(500))?;
    }
}

/// How they are: few by name, many by number.
fn states(all: &[Line]) -> String {
    let named = |one: &Line| format!("{} {}", one.name, one.state);
    if all.len() <= FEW {
        return all.iter().map(named).collect::<Vec<_>>().join(", ");
    }
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one.state.as_str()).or_insert(0) += 1;
    }
    counts.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", ")
}

/// Removes these and waits until nothing of them is left.
///
/// # Errors
/// One is refused, or is still there after a while.
pub fn remove(live: &LiveRack, names: &[String]) -> Result<()> {
    for name in names {
        live.rackwright().act(&["private-server", "remove", name, "--confirm", name])?;
    }
    let started = Instant::now();
    loop {
        let left: Vec<String> =
            lines(live)?.into_iter().map(|one| one.name).filter(|name| names.contains(name)).collect();
        if left.is_empty() {
            return Ok(());
        }
        if started.elapsed() > REMOVED_LIMIT * u32::try_from(names.len()).unwrap_or(1) {
            bail!("not gone after {} s: {}", started.elapsed().as_secs(), left.join(", "));
        }
        interrupt::pause(Duration::from_millis(300))?;
    }
}

/// What one says of itself when we sign in.
fn sign_in(live: &LiveRack, key: &Path, one: &Line) -> Result<String> {
    let address = one.address.as_deref().with_context(|| format!("{} has no address", one.name))?;
    let started = Instant::now();
    loop {
        let mut ssh = ssh::root_at(&live.rack, key, address);
        ssh.arg("echo \"$(hostname): $(systemctl is-system-running --wait), $(systemctl --failed --no-legend | wc -l) failed units\"");
        let output = ssh.output().context("starting ssh")?;
        if output.status.code() != Some(ssh::NOT_IN) {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        if started.elapsed() > LOGIN_LIMIT {
            bail!("{} does not let us in: {}", one.name, String::from_utf8_lossy(&output.stderr).trim());
        }
        interrupt::pause(Duration::from_millis(500))?;
    }
}
