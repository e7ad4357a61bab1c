//! From nothing to a started system, and from stopped to started, beside the peers.

use anyhow::{Context, Result};

use super::guest::Guest;
use super::peers::{self, PEERS};
use super::{HOST, median};
use crate::live::LiveRack;
use crate::prepare::{TEMPLATE, Template};
use crate::private_servers::{self, Order, RUNNING_LIMIT};
use crate::progress::Step;

const NAME: &str = "starter";
/// Odd: half of the rounds and one begin with ours.
const ROUNDS: usize = 11;
/// Of the peers, whom all are compared with.
const CRUN: usize = 0;

/// Seconds, with how the started systems said they are.
#[derive(Debug)]
struct Row {
    words: String,
    seconds: Vec<f64>,
    states: Vec<String>,
}

#[derive(Debug)]
pub struct Starting {
    created: Row,
    started: Row,
    /// As in [`PEERS`].
    peers: Vec<Row>,
}

/// Starts each several times, in turns.
pub fn measure(live: &LiveRack, host: &Guest<'_>, template: &Template, step: &mut Step) -> Result<Starting> {
    step.note("the template comes");
    create(live)?;
    private_servers::until_running(live, &[NAME.to_owned()], RUNNING_LIMIT, step)?;
    peers::prepare(host, &template.sha256)?;
    private_servers::remove(live, &[NAME.to_owned()])?;
    let mut starting = Starting::new();
    for round in 1..=ROUNDS {
        step.note(format!("round {round} of {ROUNDS}"));
        // Whatever goes before another is its neighbour in time, but in every second round on the other side of it.
        if round % 2 == 1 {
            starting.ours(live, host, step)?;
            others(host, starting.peers.iter_mut().zip(PEERS))?;
        } else {
            others(host, starting.peers.iter_mut().zip(PEERS).rev())?;
            starting.ours(live, host, step)?;
        }
    }
    step.result(format!("{ROUNDS} rounds"));
    Ok(starting)
}

/// What is done here, until the system of the only private server there has started: milliseconds, by the clock of the server
/// as for the peers, and how it is.
fn ours(host: &Guest<'_>, act: impl FnOnce() -> Result<()>) -> Result<String> {
    let mut watch = host.start(&peers::line("ours"))?;
    watch.line()?;
    watch.tell("now")?;
    act()?;
    watch.line()
}

/// Starts each of the peers, in this order.
fn others<'a>(
    host: &Guest<'_>,
    peers: impl Iterator<Item = (&'a mut Row, (&'static str, &'static str))>,
) -> Result<()> {
    for (row, (kind, _)) in peers {
        row.add(&host.read(&peers::line(&format!("starting {kind}")))?)?;
    }
    Ok(())
}

fn create(live: &LiveRack) -> Result<()> {
    let order = Order {
        name: NAME,
        server: Some(HOST),
        template: TEMPLATE,
        cpu_permille: 500,
        memory_mib: 512,
        disk_mib: 512,
        kbit: 50_000,
    };
    order.give(live)
}

impl Row {
    fn of(words: &str) -> Self {
        Self { words: words.to_owned(), seconds: Vec::new(), states: Vec::new() }
    }

    /// `MILLISECONDS STATE`
    fn add(&mut self, said: &str) -> Result<()> {
        let (ms, state) = said.split_once(' ').with_context(|| format!("no state in {said:?}"))?;
        self.seconds.push(ms.parse::<f64>().with_context(|| format!("the time {ms:?}"))? / 1000.0);
        if !self.states.contains(&state.to_owned()) {
            self.states.push(state.to_owned());
        }
        Ok(())
    }
}

impl Starting {
    fn new() -> Self {
        Self {
            created: Row::of("private-server create"),
            started: Row::of("private-server start"),
            peers: PEERS.map(|(_, words)| Row::of(words)).into(),
        }
    }

    fn ours(&mut self, live: &LiveRack, host: &Guest<'_>, step: &mut Step) -> Result<()> {
        self.created.add(&ours(host, || create(live))?)?;
        private_servers::until_running(live, &[NAME.to_owned()], RUNNING_LIMIT, step)?;
        live.rackwright().act(&["private-server", "stop", NAME])?;
        self.started
            .add(&ours(host, || live.rackwright().act(&["private-server", "start", NAME]).map(drop))?)?;
        private_servers::remove(live, &[NAME.to_owned()])
    }

    /// How many times as long as plain crun a new private server takes until its system has started.
    pub fn against_crun(&self) -> f64 {
        self.by_crun(&self.created)
    }

    /// The median of the rounds: what else goes on on the machine while one lasts hits all in it.
    fn by_crun(&self, row: &Row) -> f64 {
        let crun = self.peers.get(CRUN).map_or(&[][..], |crun| &crun.seconds);
        median(&row.seconds.iter().zip(crun).map(|(one, crun)| one / crun).collect::<Vec<_>>())
    }

    pub fn print(&self) {
        println!("\n{:<34} {:>12} {:>12}  system", "to a started system", "median", "by crun's");
        for row in [&self.created, &self.started].into_iter().chain(&self.peers) {
            let (median, by_crun, states) = (median(&row.seconds), self.by_crun(row), row.states.join(", "));
            println!("{:<34} {median:>10.2} s {by_crun:>12.2}  {states}", row.words);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;

    #[test]
    fn times_and_states_are_kept() {
        let mut row = Row::of("");
        for said in ["4200 running", "4400 degraded", "4300 running"] {
            row.add(said).unwrap();
        }
        assert!((median(&row.seconds) - 4.3).abs() < 1e-9);
        assert_eq!(row.states, ["running", "degraded"]);
        assert!(row.add("soon running").is_err());
    }

    #[test]
    fn rounds_are_compared_with_themselves() {
        let mut starting = Starting::new();
        // The machine was half as fast in the last round.
        starting.created.seconds = vec![5.5, 5.5, 11.0];
        starting.peers[CRUN].seconds = vec![5.0, 5.0, 10.0];
        assert!((starting.against_crun() - 1.1).abs() < 1e-9);
    }
}
