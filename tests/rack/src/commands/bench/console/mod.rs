//! What a person waits for when the provider is large: lists, search and single objects over HTTPS, with 16 people asking
//! at once, and the weight of the panel's pages in a real Chromium.
//!
//! The same is asked of a Control Center with a tenth of everything, in the same run: what grows with the table shows.

mod fill;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

use crate::center::{ControlCenter, Place};
use crate::hardware::Hardware;
use crate::live::random_password;
use crate::progress::step;
use crate::setup::{self, Programs};
use crate::workspace;
use fill::{Size, Visitor, fill};

/// People who ask at the same time.
const CLIENTS: u32 = 16;
/// Requests of each kind.
const REQUESTS: u32 = 1_600;

/// What the clients saw.
#[derive(Debug, Deserialize)]
struct Seen {
    calls: Vec<Call>,
    pages: Vec<Page>,
}

/// Milliseconds from request to the end of the answer.
#[derive(Debug, Deserialize)]
struct Call {
    /// `list`, `search` or `show`.
    kind: String,
    name: String,
    p50: f64,
    p95: f64,
    p99: f64,
    failed: u32,
}

/// A page of the panel, opened with an empty cache.
#[derive(Debug, Deserialize)]
struct Page {
    path: String,
    /// As it went over the wire.
    kb: f64,
    /// Until scripts have run and the page takes keys.
    interactive_ms: f64,
}

/// Measures a large Control Center and a small one.
pub fn run() -> Result<()> {
    let programs = setup::console()?;
    let small = measure("a tenth", Size::BIG.tenth(), &programs, false)?;
    let big = measure("all", Size::BIG, &programs, true)?;
    print(&small, &big)
}

fn measure(what: &str, size: Size, programs: &Programs, browse: bool) -> Result<Seen> {
    let home = workspace::target().join("bench-console").join(what.replace(' ', "-"));
    drop(std::fs::remove_dir_all(&home));
    let place = Place {
        data_dir: home.join("data"),
        run_dir: home.join("run"),
        namespace: None,
        hardware: Hardware::Virtio,
    };
    for dir in [&place.data_dir, &place.run_dir] {
        std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    }
    // It makes its keys, without which it takes no database. Elsewhere, because the log is asked where the panel listens.
    let first = Place { run_dir: home.join("first"), ..place.clone() };
    std::fs::create_dir_all(&first.run_dir).with_context(|| format!("making {}", first.run_dir.display()))?;
    drop(ControlCenter::start(first, programs)?);
    let visitors =
        step(&format!("Database with {what}"), |_| fill(&place.data_dir.join("rackwright.db"), size))?;
    let center = ControlCenter::start(place, programs)?;
    let url = panel_url(&center)?;
    let password = random_password()?;
    center.rackwright().act_with_secret(
        &["user", "create", "bench", "--role", "owner", "--password-file", "-"],
        &password,
    )?;
    let seen = step(&format!("16 clients of {what}"), |_| ask(&url, &password, &visitors, browse, &home));
    drop(center);
    std::fs::remove_dir_all(&home).with_context(|| format!("removing {}", home.display()))?;
    seen
}

/// Until the log of a daemon that answers says where its panel listens.
const SAYS_WHERE: Duration = Duration::from_secs(10);

/// Where the panel listens, as the daemon's log says.
fn panel_url(center: &ControlCenter) -> Result<String> {
    let until = Instant::now() + SAYS_WHERE;
    loop {
        let log = center.log_tail(100);
        if let Some((_, rest)) = log.rsplit_once("panel [")
            && let Some(address) = rest.split([']', ',']).next()
        {
            // Browsers keep secure cookies for this name.
            return Ok(format!("https://{}", address.replace("127.0.0.1", "localhost")));
        }
        if Instant::now() > until {
            bail!("the log does not say where the panel listens:\n{log}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn ask(url: &str, password: &str, visitors: &[Visitor], browse: bool, home: &Path) -> Result<Seen> {
    let told = json!({
        "url": url,
        "password": password,
        "visitors": visitors,
        "clients": CLIENTS,
        "requests": REQUESTS,
        "browse": browse,
        "panels": workspace::root().join("panels/package.json"),
    });
    // Too long for the environment, and it holds the password.
    let story: PathBuf = home.join("run/story.json");
    std::fs::write(&story, told.to_string()).with_context(|| format!("writing {}", story.display()))?;
    let output = Command::new("node")
        .arg(workspace::root().join("tests/e2e/browser/console.mjs"))
        .arg(&story)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting node")?;
    if !output.status.success() {
        bail!("the clients ended with {}: what they saw stands above", output.status);
    }
    let seen: Seen = serde_json::from_slice(&output.stdout).context("reading what the clients saw")?;
    match seen.calls.iter().find(|call| call.failed > 0) {
        Some(call) => bail!("{} calls of {} failed", call.failed, call.name),
        None => Ok(seen),
    }
}

impl Seen {
    /// The slowest p99 of a kind, in milliseconds.
    fn worst(&self, kind: &str) -> f64 {
        self.calls.iter().filter(|call| call.kind == kind).map(|call| call.p99).fold(0.0, f64::max)
    }
}

fn print(small: &Seen, big: &Seen) -> Result<()> {
    println!("{:<26} {:>9} {:>9} {:>9} {:>12}", "ms, 16 clients", "p50", "p95", "p99", "p99 of 1/10");
    for call in &big.calls {
        let before = small.calls.iter().find(|one| one.name == call.name);
        let before = before.with_context(|| format!("{} was not asked of the small one", call.name))?;
        println!(
            "{:<26} {:>9.1} {:>9.1} {:>9.1} {:>12.1}",
            call.name, call.p50, call.p95, call.p99, before.p99
        );
    }
    println!("\n{:<26} {:>9} {:>17}", "page", "kB", "interactive, ms");
    for page in &big.pages {
        println!("{:<26} {:>9.1} {:>17.0}", page.path, page.kb, page.interactive_ms);
    }
    let heaviest = big.pages.iter().map(|page| page.kb).fold(0.0, f64::max);
    println!(
        "bench console: list_p99_ms={:.1} search_p99_ms={:.1} show_p99_ms={:.1} growth={:.2} heaviest_page_kb={heaviest:.0}",
        big.worst("list"),
        big.worst("search"),
        big.worst("show"),
        big.worst("list") / small.worst("list").max(0.1),
    );
    Ok(())
}
