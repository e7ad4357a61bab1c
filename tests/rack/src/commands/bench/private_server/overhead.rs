//! nginx in a private server, in plain crun with the network that containers usually have, and in plain crun without any of its
//! own, against nginx on a bare server of the same kind, asked from the rack's network.
//!
//! They are asked in turns, so that what else goes on on the machine hits all.

use anyhow::Result;

use super::guest::{Guest, inside, make};
use super::pressure::{self, Rate};
use super::{HOST, median, peers};
use crate::live::LiveRack;
use crate::prepare::{Template, WEB_TEMPLATE};
use crate::private_servers::{self, Order};
use crate::progress::Step;

const NAME: &str = "web";
/// Of the peer, outside of the pool.
const PEER_ADDRESS: &str = "10.77.0.250";
const ROUNDS: u32 = 15;
const SECONDS: u32 = 3;
const CONNECTIONS: u32 = 8;
/// 16 KiB that a compressor would not touch, as a picture.
const PAGE: &str = "head -c 16384 /dev/urandom > /var/www/html/page.png";
/// As many processes as in the template.
const ONE_PROCESS: &str = "sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf";
const RESTART: &str = "systemctl restart nginx";
/// Of the peer that has no network of its own.
const PORT: u16 = 8080;
/// Who is asked, in this order.
const ASKED: [&str; 4] = ["bare", "private server", "plain crun, veth", "plain crun, server's network"];

/// What was measured of each, by round.
#[derive(Debug)]
pub struct Overhead([Vec<Rate>; ASKED.len()]);

/// Makes a private server with nginx and a peer on the one server, asks them and the nginx of the other.
pub fn measure(
    live: &LiveRack,
    host: &Guest<'_>,
    bare: &Guest<'_>,
    web: &Template,
    step: &mut Step,
) -> Result<Overhead> {
    let order = Order {
        name: NAME,
        server: Some(HOST),
        template: WEB_TEMPLATE,
        cpu_permille: 500,
        memory_mib: 512,
        disk_mib: 512,
        kbit: 100_000,
    };
    make(live, &order, step)?;
    let prepared = format!("{ONE_PROCESS} && {RESTART} && {PAGE}");
    bare.read(&prepared)?;
    inside(live, NAME, PAGE)?;
    step.note("plain crun starts");
    peers::prepare(host, &web.sha256)?;
    let card = host.card()?;
    host.read(&peers::line(&format!("serving {card} {PEER_ADDRESS} \"{prepared}\"")))?;
    host.read(&peers::line(&format!("near {PORT} \"{ONE_PROCESS}\" \"{PAGE}\"")))?;
    let near = format!("{}:{PORT}", host.address);
    let address = private_servers::address(live, NAME)?;
    let asked = [bare.address.as_str(), &address, PEER_ADDRESS, &near];
    let mut seen = asked.map(|_| Vec::new());
    // The first round warms up.
    for round in 0..=ROUNDS {
        step.note(format!("round {round} of {ROUNDS}"));
        for (address, seen) in asked.iter().zip(&mut seen) {
            let url = format!("http://{address}/page.png");
            let rate = pressure::begin(live, &url, CONNECTIONS, SECONDS)?.end()?;
            if round > 0 {
                seen.push(rate);
            }
        }
    }
    host.read(&peers::line(&format!("served {card} {PEER_ADDRESS}; crun_end near")))?;
    private_servers::remove(live, &[NAME.to_owned()])?;
    step.result(format!("{ROUNDS} rounds of {SECONDS} s"));
    Ok(Overhead(seen))
}

impl Overhead {
    /// Of the private server, as a part of the bare one's: the median of the rounds.
    pub fn throughput(&self) -> f64 {
        self.ratio(&self.0[1], |rate| rate.requests)
    }

    /// How many times the bare server's median response time.
    pub fn latency(&self) -> f64 {
        self.ratio(&self.0[1], |rate| rate.median_ms)
    }

    fn ratio(&self, rates: &[Rate], of: fn(&Rate) -> f64) -> f64 {
        let pairs = rates.iter().zip(&self.0[0]);
        median(&pairs.map(|(rate, bare)| of(rate) / of(bare)).collect::<Vec<_>>())
    }

    pub fn print(&self) {
        println!(
            "\n{:<34} {:>12} {:>8} {:>12} {:>8}",
            "nginx, a picture of 16 KiB", "requests/s", "ratio", "median, ms", "ratio"
        );
        for (who, rates) in ASKED.iter().zip(&self.0) {
            let [(requests, part), (ms, times)] = [|rate: &Rate| rate.requests, |rate: &Rate| rate.median_ms]
                .map(|of| (median(&rates.iter().map(of).collect::<Vec<_>>()), self.ratio(rates, of)));
            println!("{who:<34} {requests:>12.2} {part:>8.3} {ms:>12.2} {times:>8.3}");
        }
    }
}
