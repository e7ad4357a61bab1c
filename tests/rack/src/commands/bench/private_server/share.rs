//! Whether guarantees are kept when everybody wants everything: four private servers at 30, 30, 15 and 15 % under equal load.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::HOST;
use super::guest::{Guest, inside, settled, until};
use super::pressure::{self, Pressure};
use crate::live::LiveRack;
use crate::prepare::WEB_TEMPLATE;
use crate::private_servers::{self, Order, RUNNING_LIMIT};
use crate::progress::Step;

/// Name, thousandths of the processors.
const FOUR: [(&str, u32); 4] = [("large-1", 300), ("large-2", 300), ("small-1", 150), ("small-2", 150)];
/// What the network card says that it carries, Mbit/s: less than two emulated processors can send at their slowest.
const LINK_MBIT: u32 = 40;
/// What it carries for all that is measured otherwise.
const FAST_MBIT: u32 = 1_000;
/// Until the agent has told what it carries.
const TOLD_LIMIT: Duration = Duration::from_secs(60);
/// Until the load is the same everywhere.
const SETTLE_S: u64 = 5;
const WINDOW_S: u64 = 60;
/// How long the load is there.
const LOAD_S: u32 = 80;
/// Connections that ask one for pages: each of its processes has some.
const CONNECTIONS: u32 = 32;
/// A page that takes time to compress and little to send, by one process on each processor of the server: wherever the kernel
/// puts them, each private server wants as much of either.
const PAGE: &str = "sed -i 's/^worker_processes .*/worker_processes 2; worker_cpu_affinity auto;/' /etc/nginx/nginx.conf && \
    sed -i 's/listen 80 default_server;/listen 80 default_server reuseport;/' /etc/nginx/sites-enabled/default && \
    printf 'gzip_types text/plain; gzip_comp_level 9;' > /etc/nginx/conf.d/gzip.conf && \
    seq 1000 7500 > /var/www/html/page.txt && \
    head -c 64M /dev/zero > /var/www/html/big && systemctl restart nginx && \
    systemd-run --quiet systemd-socket-activate -l 9000 --accept --inetd dd of=/dev/null bs=64k";

/// What each of the four got.
#[derive(Debug)]
pub struct Share {
    /// Of the processors, the requests, and the bandwidth out and in.
    rows: Vec<(&'static str, [f64; 4])>,
    /// Percent of the processors that one got alone.
    alone_pct: f64,
}

/// Makes the four and loads them equally, with one thing after the other.
pub fn measure(live: &LiveRack, host: &Guest<'_>, step: &mut Step) -> Result<Share> {
    step.note("the network card becomes slow");
    let card = host.card()?;
    carries(live, host, &card, LINK_MBIT)?;
    let names = FOUR.map(|(name, _)| name.to_owned());
    for (name, cpu_permille) in FOUR {
        let kbit = LINK_MBIT * cpu_permille;
        let order = Order {
            name,
            server: Some(HOST),
            template: WEB_TEMPLATE,
            cpu_permille,
            memory_mib: 384,
            disk_mib: 512,
            kbit,
        };
        order.give(live)?;
    }
    private_servers::until_running(live, &names, RUNNING_LIMIT, step)?;
    settled(live, &names)?;
    for name in &names {
        inside(live, name, PAGE)?;
    }
    let numbers = names.iter().map(|name| private_servers::number(live, name)).collect::<Result<Vec<_>>>()?;
    let addresses =
        names.iter().map(|name| private_servers::address(live, name)).collect::<Result<Vec<_>>>()?;
    let four = Four {
        live,
        host,
        card,
        numbers: numbers.try_into().ok().context("not four numbers")?,
        addresses: addresses.try_into().ok().context("not four addresses")?,
    };
    step.note("processors");
    let cpu = four.cpu()?;
    step.note("one alone");
    let alone_pct = four.alone()?;
    step.note("requests");
    let requests = four.requests()?;
    step.note("bandwidth out");
    let out = four.bandwidth_out()?;
    step.note("bandwidth in");
    let inward = four.bandwidth_in()?;
    private_servers::remove(live, &names)?;
    carries(live, host, &four.card, FAST_MBIT)?;
    let rows = vec![
        ("processor time", cpu),
        ("requests per second", requests),
        ("bandwidth out, Mbit/s", out),
        ("bandwidth in, Mbit/s", inward),
    ];
    Ok(Share { rows, alone_pct })
}

/// Has the card say that it carries so much, and waits until the Control Center knows: the agent tells it when it begins.
fn carries(live: &LiveRack, host: &Guest<'_>, card: &str, mbit: u32) -> Result<()> {
    host.read(&format!("ethtool -s {card} speed {mbit} duplex full; systemctl restart rackwright-agent"))?;
    until(&format!("the agent has told of {mbit} Mbit/s"), TOLD_LIMIT, || {
        let room = live.rackwright().act(&["private-server", "room"])?;
        let servers = room["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let known = servers.iter().find(|server| server["name"] == HOST);
        Ok(known.is_some_and(|server| server["whole"]["bandwidth_kbit"] == mbit * 1_000))
    })
}

struct Four<'a> {
    live: &'a LiveRack,
    host: &'a Guest<'a>,
    /// To the outside.
    card: String,
    /// In the order of [`FOUR`], as are the addresses.
    numbers: [u64; 4],
    addresses: [String; 4],
}

impl Four<'_> {
    /// Percent of all processors that each got while all wanted all.
    fn cpu(&self) -> Result<[f64; 4]> {
        self.burning(&self.numbers)
    }

    /// Percent of all processors that one gets when the others rest.
    fn alone(&self) -> Result<f64> {
        Ok(self.burning(&self.numbers[2..3])?[2])
    }

    /// Percent of all processors that each got while two processes burned in each of these. All of it is one script: a busy
    /// server is slow to let anybody in.
    fn burning(&self, numbers: &[u64]) -> Result<[f64; 4]> {
        let burners: String = numbers
            .iter()
            .map(|number| {
                format!(
                    "for _ in 1 2; do crun --root /run/rackwright-crun exec --detach ps{number} \
                     timeout {LOAD_S} sh -c 'while :; do :; done' < /dev/null > /dev/null 2>&1; done & "
                )
            })
            .collect();
        let files = self.numbers.map(|number| {
            format!(
                "sed -n 's/usage_usec //p' /sys/fs/cgroup/private.slice/rackwright-ps{number}.scope/cpu.stat;"
            )
        });
        let look = format!("{} echo $(($(date +%s%6N) * $(nproc) / 100))", files.concat());
        let rest = u64::from(LOAD_S) - SETTLE_S - WINDOW_S;
        let said = self.host.read(&format!(
            "{burners} wait; sleep {SETTLE_S}; {look}; sleep {WINDOW_S}; {look}; sleep {rest}"
        ))?;
        let lines: Vec<&str> = said.lines().collect();
        let (before, after) = lines.split_at(lines.len() / 2);
        Ok(Looked::read(&after.join("\n"))?.since(&Looked::read(&before.join("\n"))?))
    }

    /// What grew in each under this load, by the shell line that prints it, per unit of what the clock prints. It looks from
    /// within: who comes in meanwhile takes time from all, and is late.
    fn grown<L>(&self, look: &str, load: impl FnOnce() -> L) -> Result<([f64; 4], L)> {
        let script = format!("echo ready; read -r _; sleep {SETTLE_S}; {look}; sleep {WINDOW_S}; {look}");
        let mut watch = self.host.start(&script)?;
        watch.line()?;
        let load = load();
        watch.tell("now")?;
        let mut looked =
            || Looked::read(&(0..5).map(|_| watch.line()).collect::<Result<Vec<_>>>()?.join("\n"));
        let before = looked()?;
        Ok((looked()?.since(&before), load))
    }

    /// Mbit/s that went through the class of each on this device under this load.
    fn passed<L>(&self, device: &str, load: impl FnOnce() -> L) -> Result<([f64; 4], L)> {
        let classes = self.numbers.map(|number| {
            format!(
                "tc -s class show dev {device} | grep -A1 'class hfsc 1:{number:x} ' | sed -n 's/^ *Sent \\([0-9]*\\).*/\\1/p';"
            )
        });
        self.grown(&format!("{} echo $(($(date +%s%6N) / 8))", classes.concat()), load)
    }

    /// Requests per second, as each has them in its log: the programs that ask begin and end one after the other.
    fn requests(&self) -> Result<[f64; 4]> {
        let logs = self.numbers.map(|number| {
            format!("wc -l < /run/rackwright-private/ps{number}/root/var/log/nginx/access.log;")
        });
        let (grown, loads) =
            self.grown(&format!("{} date +%s.%N", logs.concat()), || self.ask("page.txt"))?;
        stop(loads)?;
        Ok(grown)
    }

    fn bandwidth_out(&self) -> Result<[f64; 4]> {
        let (grown, loads) = self.passed(&self.card, || self.ask("big"))?;
        stop(loads)?;
        Ok(grown)
    }

    fn bandwidth_in(&self) -> Result<[f64; 4]> {
        let send = |address: &String| {
            let line = format!("timeout {LOAD_S} cat /dev/zero > /dev/tcp/{address}/9000");
            self.live.rack.command("bash").args(["-c", &line]).spawn().context("starting bash")
        };
        let (grown, senders) = self.passed("rackwright-in", || self.addresses.each_ref().map(send))?;
        for sender in senders {
            // Its time is over: it ends with what `timeout` ends with.
            sender?.wait().context("waiting for a sender")?;
        }
        Ok(grown)
    }

    /// Begins to ask each for this page.
    fn ask(&self, page: &str) -> [Result<Pressure>; 4] {
        self.addresses.each_ref().map(|address| {
            pressure::begin(self.live, &format!("http://{address}/{page}"), CONNECTIONS, LOAD_S)
        })
    }
}

fn stop(loads: [Result<Pressure>; 4]) -> Result<()> {
    loads.into_iter().try_for_each(|load| load?.stop())
}

/// Four counters, and a clock in the unit of their quotient.
#[derive(Debug)]
struct Looked {
    counters: [f64; 4],
    clock: f64,
}

impl Looked {
    /// Five lines with a number.
    fn read(said: &str) -> Result<Self> {
        let numbers = said.lines().map(|line| line.trim().parse::<f64>()).collect::<Result<Vec<_>, _>>();
        match numbers.as_deref() {
            Ok([a, b, c, d, clock]) => Ok(Self { counters: [*a, *b, *c, *d], clock: *clock }),
            _ => bail!("expected five numbers, got {said:?}"),
        }
    }

    fn since(&self, before: &Self) -> [f64; 4] {
        let passed = self.clock - before.clock;
        let mut grown = [0.0; 4];
        for (grown, (now, then)) in grown.iter_mut().zip(self.counters.iter().zip(before.counters)) {
            *grown = (now - then) / passed;
        }
        grown
    }
}

/// The greatest departure from 2 : 2 : 1 : 1, as a part of what is due.
fn departure(got: [f64; 4]) -> f64 {
    let whole: f64 = got.iter().sum();
    let due = FOUR.map(|(_, permille)| f64::from(permille) / 900.0 * whole);
    got.iter().zip(due).map(|(got, due)| ((got - due) / due).abs()).fold(0.0, f64::max)
}

/// Large by small, of the sums.
fn ratio([a, b, c, d]: [f64; 4]) -> f64 {
    (a + b) / (c + d)
}

impl Share {
    /// Large by small, of processor time and of requests: the one that is farther from 2.
    pub fn cpu(&self) -> f64 {
        self.farther(0, 1)
    }

    /// The same of bandwidth, out and in.
    pub fn net(&self) -> f64 {
        self.farther(2, 3)
    }

    pub fn alone_pct(&self) -> f64 {
        self.alone_pct
    }

    fn farther(&self, one: usize, other: usize) -> f64 {
        let [one, other] =
            [one, other].map(|row| self.rows.get(row).map_or(f64::NAN, |(_, got)| ratio(*got)));
        if (one - 2.0).abs() > (other - 2.0).abs() { one } else { other }
    }

    pub fn print(&self) {
        print!("\n{:<34}", "guaranteed share, all loaded");
        for (name, permille) in FOUR {
            print!(" {:>14}", format!("{name} {} %", permille / 10));
        }
        println!(" {:>8} {:>10}", "ratio", "departure");
        for (words, got) in &self.rows {
            print!("{words:<34}");
            for got in got {
                print!(" {got:>14.2}");
            }
            println!(" {:>8.3} {:>8.1} %", ratio(*got), departure(*got) * 100.0);
        }
        println!("{:<34} {:>14.1} % of the processors", "one alone", self.alone_pct);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;

    #[test]
    fn a_just_share_does_not_depart() {
        assert!(departure([30.0, 30.0, 15.0, 15.0]) < 1e-9);
        assert!((ratio([30.0, 30.0, 15.0, 15.0]) - 2.0).abs() < 1e-9);
        assert!((departure([33.0, 27.0, 15.0, 15.0]) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn counters_grow_by_the_clock() {
        let before = Looked::read("0\n10\n20\n30\n100\n").unwrap();
        let after = Looked::read("5\n10\n25\n31\n110").unwrap();
        assert_eq!(after.since(&before).map(|n| (n * 10.0).round()), [5.0, 0.0, 5.0, 1.0]);
        assert!(Looked::read("1\n2\n3\n4\n").is_err());
    }
}
