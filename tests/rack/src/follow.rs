//! Following servers on their way to `online`, and saying where one stopped.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::center::Rackwright;
use crate::interrupt;
use crate::live::LiveRack;
use crate::progress::Step;

/// How many lines of a stopped machine's console are shown.
const CONSOLE_LINES: usize = 15;

/// A server as `server list` shows it, as far as the rack looks.
#[derive(Debug, Clone, Deserialize)]
pub struct ServerLine {
    pub name: String,
    pub state: String,
    pub reason: Option<String>,
    pub agent_connected: bool,
    /// Per mille of the job under way.
    pub progress: Option<u32>,
}

/// One station of a boot timeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Station {
    pub stage: String,
    /// Milliseconds since the epoch.
    pub at: i64,
    pub detail: String,
}

/// Where a server is and how it got there.
#[derive(Debug, Clone, Serialize)]
pub struct Journey {
    pub name: String,
    pub state: String,
    pub reason: Option<String>,
    pub stopped: Option<String>,
    pub timeline: Vec<Station>,
}

impl ServerLine {
    /// Installed, with a live agent.
    pub fn is_done(&self) -> bool {
        self.state == "online" && self.agent_connected
    }

    fn words(&self) -> String {
        match self.progress {
            Some(progress) => format!("{} {} {} %", self.name, self.state, progress / 10),
            None => format!("{} {}", self.name, self.state),
        }
    }
}

/// The servers that the Control Center knows.
///
/// # Errors
/// It does not answer.
pub fn servers(rackwright: &Rackwright) -> Result<Vec<ServerLine>> {
    let mut list = rackwright.act(&["server", "list"])?;
    serde_json::from_value(list["items"].take()).context("understanding `server list`")
}

/// One server's boot timeline.
///
/// # Errors
/// The Control Center does not answer or does not know the server.
pub fn journey(rackwright: &Rackwright, name: &str) -> Result<Journey> {
    let mut detail = rackwright.act(&["server", "show", name])?;
    let line: ServerLine =
        serde_json::from_value(detail["summary"].take()).context("understanding `server show`")?;
    Ok(Journey {
        name: line.name,
        state: line.state,
        reason: line.reason,
        stopped: detail["stopped"].as_str().map(str::to_owned),
        timeline: serde_json::from_value(detail["timeline"].take())
            .context("understanding a boot timeline")?,
    })
}

/// Waits until every named server is online with a live agent.
///
/// # Errors
/// One has failed, or `limit` is over: the message says which server stopped where, with its timeline and console.
pub fn until_online(live: &LiveRack, names: &[&str], limit: Duration, step: &mut Step) -> Result<()> {
    let started = Instant::now();
    loop {
        let known = servers(live.rackwright())?;
        let wanted: Vec<&ServerLine> =
            known.iter().filter(|one| names.contains(&one.name.as_str())).collect();
        step.note(wanted.iter().map(|one| one.words()).collect::<Vec<_>>().join(", "));
        if wanted.len() == names.len() && wanted.iter().all(|one| one.is_done()) {
            return Ok(());
        }
        let failed: Vec<&str> =
            wanted.iter().filter(|one| one.state == "failed").map(|one| one.name.as_str()).collect();
        if !failed.is_empty() {
            bail!("{}", reports(live, &failed)?);
        }
        if started.elapsed() > limit {
            let done = |name: &&&str| !wanted.iter().any(|one| one.name == **name && one.is_done());
            let late: Vec<&str> = names.iter().filter(done).copied().collect();
            bail!("not online after {} s:\n{}", limit.as_secs(), reports(live, &late)?);
        }
        interrupt::pause(Duration::from_millis(500))?;
    }
}

/// Everything known about why these servers are not online.
fn reports(live: &LiveRack, names: &[&str]) -> Result<String> {
    let mut text = String::new();
    for name in names {
        let journey = journey(live.rackwright(), name)?;
        let why = journey.reason.as_deref().or(journey.stopped.as_deref()).unwrap_or("nobody said why");
        text.push_str(&format!("{name} is {}: {why}\n", journey.state));
        text.push_str(&timeline(&journey));
        if let Ok(machine) = live.rack.machine(name) {
            text.push_str(&format!(
                "  its console ends:\n{}\n",
                indented(&machine.console_tail(CONSOLE_LINES))
            ));
            text.push_str(&indented(&machine.complaints()));
        }
    }
    text.push_str(&format!(
        "the Control Center's log ends:\n{}",
        indented(&live.center.log_tail(CONSOLE_LINES))
    ));
    Ok(text)
}

/// The timeline as lines with the seconds since its first station.
pub fn timeline(journey: &Journey) -> String {
    let first = journey.timeline.first().map_or(0, |station| station.at);
    let line = |station: &Station| {
        let seconds =
            u32::try_from(station.at.saturating_sub(first)).map_or(0.0, |ms| f64::from(ms) / 1000.0);
        format!("  {seconds:>7.1} s  {:<13} {}\n", station.stage, station.detail)
    };
    journey.timeline.iter().map(line).collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: &str, agent_connected: bool) -> ServerLine {
        ServerLine {
            name: "a".to_owned(),
            state: state.to_owned(),
            reason: None,
            agent_connected,
            progress: Some(345),
        }
    }

    #[test]
    fn online_without_an_agent_is_not_done() {
        assert!(line("online", true).is_done());
        assert!(!line("online", false).is_done());
        assert!(!line("installing", true).is_done());
        assert_eq!(line("installing", false).words(), "a installing 34 %");
    }

    #[test]
    fn a_timeline_counts_from_its_first_station() {
        let station = |stage: &str, at| Station { stage: stage.to_owned(), at, detail: "x".to_owned() };
        let journey = Journey {
            name: "a".to_owned(),
            state: "online".to_owned(),
            reason: None,
            stopped: None,
            timeline: vec![station("power", 1_764_000_000_000), station("agent", 1_764_000_143_210)],
        };
        assert_eq!(timeline(&journey), "      0.0 s  power         x\n    143.2 s  agent         x\n");
    }
}
