//! Requests for pages of a web server, from the rack's network, by wrk(1).

use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::interrupt;
use crate::live::LiveRack;

/// How soon an end and an interrupt are seen.
const LOOK: Duration = Duration::from_millis(100);

/// What wrk saw.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Requests per second.
    pub requests: f64,
    /// Median response time, milliseconds.
    pub median_ms: f64,
}

/// Asks for a page again and again.
#[derive(Debug)]
pub struct Pressure(Child);

/// Begins to ask for the page, over so many connections.
pub fn begin(live: &LiveRack, url: &str, connections: u32, seconds: u32) -> Result<Pressure> {
    let (connections, duration) = (connections.to_string(), format!("{seconds}s"));
    let mut wrk = live.rack.command("wrk");
    wrk.args(["-t", "1", "-c", &connections, "-d", &duration, "--timeout", "10s", "--latency", url]);
    wrk.args(["-H", "Accept-Encoding: gzip"]);
    wrk.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    Ok(Pressure(wrk.spawn().context("starting wrk")?))
}

impl Pressure {
    /// Ends it before its time.
    pub fn stop(mut self) -> Result<()> {
        // It may be over just now.
        drop(self.0.kill());
        self.0.wait().map(drop).context("waiting for wrk")
    }

    /// Waits until the time is over.
    pub fn end(mut self) -> Result<Rate> {
        while self.0.try_wait().context("waiting for wrk")?.is_none() {
            interrupt::pause(LOOK).inspect_err(|_| drop(self.0.kill()))?;
        }
        let output = self.0.wait_with_output().context("waiting for wrk")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        rate(&said).with_context(|| format!("wrk said: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

fn rate(said: &str) -> Result<Rate> {
    let after = |name: &str| said.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
    if let Some(bad) = after("Non-2xx or 3xx responses:") {
        bail!("{bad} answers were refusals");
    }
    let requests = after("Requests/sec:").context("no rate")?.parse().context("no number in the rate")?;
    Ok(Rate { requests, median_ms: milliseconds(after("50%").context("no median")?)? })
}

/// `812.00us`, `1.20ms` or `1.02s`.
fn milliseconds(text: &str) -> Result<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0)];
    for (unit, factor) in units {
        if let Some(number) = text.strip_suffix(unit) {
            return Ok(number.parse::<f64>().with_context(|| format!("the time {text:?}"))? * factor);
        }
    }
    bail!("the time {text:?} has no unit that we know")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;

    const SAID: &str = "Running 5s test @ http://10.77.0.2/\n  1 threads and 8 connections\n  Latency Distribution\n     50%  812.00us\n     75%    1.20ms\n  13250 requests in 5.00s, 3.1MB read\nRequests/sec:   2650.12\nTransfer/sec:      2.20MB\n";

    #[test]
    fn rate_and_median_are_read() {
        let rate = rate(SAID).unwrap();
        assert!((rate.requests - 2650.12).abs() < 1e-9 && (rate.median_ms - 0.812).abs() < 1e-9);
        assert!((milliseconds("1.02s").unwrap() - 1020.0).abs() < 1e-9);
        assert!(milliseconds("12").is_err());
    }

    #[test]
    fn refusals_are_no_throughput() {
        let said = SAID.replace("Requests/sec", "  Non-2xx or 3xx responses: 4\nRequests/sec");
        assert!(super::rate(&said).is_err());
    }
}
