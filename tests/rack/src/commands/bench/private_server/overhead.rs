//! nginx in a private server against nginx on a bare server of the same kind, asked from the rack's network.
//!
//! The two are asked in turns, so that what else goes on on the machine hits both.

use anyhow::Result;

use super::guest::{Guest, inside, make};
use super::pressure::{self, Rate};
use super::{HOST, median};
use crate::live::LiveRack;
use crate::prepare::WEB_TEMPLATE;
use crate::private_servers::{self, Order};
use crate::progress::Step;

const NAME: &str = "web";
const ROUNDS: u32 = 7;
const SECONDS: u32 = 6;
const CONNECTIONS: u32 = 8;
/// 16 KiB that a compressor would not touch, as a picture.
const PAGE: &str = "head -c 16384 /dev/urandom > /var/www/html/page.png";

/// What was measured, by round.
#[derive(Debug)]
pub struct Overhead {
    bare: Vec<Rate>,
    private: Vec<Rate>,
}

/// Makes a private server with nginx on the one server, asks it and the nginx of the other.
pub fn measure(live: &LiveRack, bare: &Guest<'_>, step: &mut Step) -> Result<Overhead> {
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
    // As many processes as in the private server.
    bare.read(&format!(
        "sed -i 's/^worker_processes auto;/worker_processes 1;/' /etc/nginx/nginx.conf && systemctl restart nginx && {PAGE}"
    ))?;
    inside(live, NAME, PAGE)?;
    let address = private_servers::address(live, NAME)?;
    let mut overhead = Overhead { bare: Vec::new(), private: Vec::new() };
    // The first round warms up.
    for round in 0..=ROUNDS {
        step.note(format!("round {round} of {ROUNDS}"));
        let [first, second] = [&bare.address, &address].map(|address| {
            pressure::begin(live, &format!("http://{address}/page.png"), CONNECTIONS, SECONDS)?.end()
        });
        if round > 0 {
            overhead.bare.push(first?);
            overhead.private.push(second?);
        }
    }
    private_servers::remove(live, &[NAME.to_owned()])?;
    step.result(format!("{ROUNDS} rounds of {SECONDS} s"));
    Ok(overhead)
}

impl Overhead {
    /// Of the private server, as a part of the bare one's: the median of the rounds.
    pub fn throughput(&self) -> f64 {
        self.ratio(|rate| rate.requests)
    }

    /// How many times the bare server's median response time.
    pub fn latency(&self) -> f64 {
        self.ratio(|rate| rate.median_ms)
    }

    fn ratio(&self, of: impl Fn(&Rate) -> f64) -> f64 {
        let pairs = self.private.iter().zip(&self.bare);
        median(&pairs.map(|(private, bare)| of(private) / of(bare)).collect::<Vec<_>>())
    }

    pub fn print(&self) {
        println!("\n{:<34} {:>12} {:>12} {:>8}", "nginx, a picture of 16 KiB", "bare", "private", "ratio");
        let line = |words: &str, of: fn(&Rate) -> f64| {
            let [bare, private] =
                [&self.bare, &self.private].map(|all| median(&all.iter().map(of).collect::<Vec<_>>()));
            println!("{words:<34} {bare:>12.2} {private:>12.2} {:>8.3}", self.ratio(of));
        };
        line("requests per second", |rate| rate.requests);
        line("median response time, ms", |rate| rate.median_ms);
    }
}
