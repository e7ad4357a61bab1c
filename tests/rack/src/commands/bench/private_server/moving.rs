//! How long a web site is away while its private server moves, against stop, `rsync` and start of the same files.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::guest::{Guest, inside, make, until};
use super::{HOST, OTHER};
use crate::interrupt;
use crate::live::LiveRack;
use crate::prepare::{WEB_TEMPLATE, follow_job};
use crate::private_servers::{self, Order, RUNNING_LIMIT};
use crate::progress::Step;

const NAME: &str = "mover";
/// A move of a GiB on two emulated processors, twice as long as it was seen to take.
const MOVE_LIMIT: Duration = Duration::from_secs(600);
const FILES_LIMIT: Duration = Duration::from_secs(300);
/// 1 GiB in 4,096 files of 256 KiB. Written in the background: the call has a limit.
const FILES: &str = "mkdir /root/files && systemd-run --quiet --unit=files sh -c \
    'cd /root/files; for i in $(seq 4096); do head -c 262144 /dev/urandom > $i; done; touch /root/ready'";
/// Every twentieth file anew, while the others are copied.
const CHANGE: &str = "systemd-run --quiet --unit=change sh -c \
    'cd /root/files; for i in $(seq 20 20 4096); do head -c 262144 /dev/urandom > $i; sleep 0.1; done'";
/// Between two looks at the site.
const LOOK: Duration = Duration::from_millis(50);

/// Seconds without an answer.
#[derive(Debug)]
pub struct Moving {
    ours_s: f64,
    plain_s: f64,
    whole_s: f64,
}

/// Fills a private server with files, copies it the plain way, and moves it.
pub fn measure(live: &LiveRack, host: &Guest<'_>, other: &Guest<'_>, step: &mut Step) -> Result<Moving> {
    let order = Order {
        name: NAME,
        server: Some(HOST),
        template: WEB_TEMPLATE,
        cpu_permille: 400,
        memory_mib: 512,
        disk_mib: 2_048,
        kbit: 50_000,
    };
    make(live, &order, step)?;
    step.note("a GiB of files");
    inside(live, NAME, FILES)?;
    until("its files stand", FILES_LIMIT, || {
        Ok(inside(live, NAME, "ls /root/ready 2>/dev/null || true")?.ends_with("ready"))
    })?;

    step.note("stop, rsync, start");
    trust(host, other)?;
    let number = private_servers::number(live, NAME)?;
    let site = Site { live, address: private_servers::address(live, NAME)? };
    let plain_s = site.away_during(|| {
        live.rackwright().act(&["private-server", "stop", NAME])?;
        state(live, "stopped")?;
        host.read(&format!(
            "rsync -aHAX --numeric-ids -e 'ssh -o StrictHostKeyChecking=no -o LogLevel=ERROR' \
             /srv/private/ps{number}/upper/ root@{}:/srv/copy/",
            other.address
        ))?;
        live.rackwright().act(&["private-server", "start", NAME])?;
        state(live, "running")
    })?;
    other.read("rm -rf /srv/copy")?;

    step.note("move");
    let began = Instant::now();
    let ours_s = site.away_during(|| {
        let job = live.rackwright().act(&["private-server", "move", NAME, "--to", OTHER])?;
        inside(live, NAME, CHANGE)?;
        follow_job(live.rackwright(), &job, MOVE_LIMIT, step)
    })?;
    let whole_s = began.elapsed().as_secs_f64();
    private_servers::remove(live, &[NAME.to_owned()])?;
    Ok(Moving { ours_s, plain_s, whole_s })
}

/// The one server may sign in on the other.
fn trust(host: &Guest<'_>, other: &Guest<'_>) -> Result<()> {
    let key = host.read(
        "test -e /root/.ssh/id_ed25519 || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519; \
         cat /root/.ssh/id_ed25519.pub",
    )?;
    other.read(&format!("echo '{key}' >> /root/.ssh/authorized_keys")).map(drop)
}

fn state(live: &LiveRack, wanted: &str) -> Result<()> {
    until(&format!("it is {wanted}"), RUNNING_LIMIT, || {
        let shown = live.rackwright().act(&["private-server", "show", NAME])?;
        Ok(shown["summary"]["state"] == wanted)
    })
}

/// The web site of the private server.
struct Site<'a> {
    live: &'a LiveRack,
    address: String,
}

impl Site<'_> {
    /// The longest time without an answer while `work` is done and until the site answers after it, in seconds.
    fn away_during(&self, work: impl FnOnce() -> Result<()>) -> Result<f64> {
        std::thread::scope(|scope| {
            let (done, is_done) = std::sync::mpsc::channel::<()>();
            let watch = scope.spawn(move || self.watch(&is_done));
            let worked = work();
            drop(done);
            let away = watch.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            worked?;
            away
        })
    }

    fn watch(&self, is_done: &std::sync::mpsc::Receiver<()>) -> Result<f64> {
        let (mut answered, mut longest) = (Instant::now(), Duration::ZERO);
        loop {
            if self.answers()? {
                longest = longest.max(answered.elapsed());
                answered = Instant::now();
                if matches!(is_done.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)) {
                    return Ok(longest.as_secs_f64());
                }
            } else if answered.elapsed() > MOVE_LIMIT {
                bail!("the site does not answer for {} s", MOVE_LIMIT.as_secs());
            }
            interrupt::pause(LOOK)?;
        }
    }

    fn answers(&self) -> Result<bool> {
        let mut curl = self.live.rack.command("curl");
        curl.args([
            "-s",
            "-o",
            "/dev/null",
            "--fail",
            "--max-time",
            "1",
            &format!("http://{}/", self.address),
        ]);
        Ok(curl.status().context("starting curl")?.success())
    }
}

impl Moving {
    /// Our time away, as a part of the plain one.
    pub fn ratio(&self) -> f64 {
        self.ours_s / self.plain_s
    }

    pub fn print(&self) {
        println!("\n{:<34} {:>12}", "move of 1 GiB, 5 % changed", "site away");
        println!("{:<34} {:>10.1} s", "stop, rsync, start", self.plain_s);
        println!(
            "{:<34} {:>10.1} s  (the whole move: {:.0} s)",
            "private-server move", self.ours_s, self.whole_s
        );
    }
}
