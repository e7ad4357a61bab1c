//! The provisioning environment's side of the protocol: hello, inventory, orders, reports, over as many sessions as it takes.
//! An install runs on its own thread and does not notice when a session ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::{BootStage, InstallId, MacAddr};
use rackwright_proto::{Failure, FromMachine, Order, ProvisionHello, ToMachine, VERSION};
use rustls::ClientConfig;

use super::console::say;
use super::journal::{Journal, Outcome};
use super::outbox::{Outbox, Reporter};
use crate::command::Cancel;
use crate::install::Installer;
use crate::inventory::Kernel;
use crate::session::{Event, Link, LinkError, explain};

/// How long the Control Center may take to answer the hello.
const WELCOME: Duration = Duration::from_secs(15);
/// One wait for a message; an idle session has no heartbeat, TCP finds a dead peer.
const IDLE: Duration = Duration::from_secs(60);
/// A session that lasted this long was a good one.
const SETTLED: Duration = Duration::from_secs(10);
/// The longest pause that a refusal can impose, in seconds.
const LONGEST_PAUSE: u32 = 300;

/// Who this machine is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The nonce of this boot.
    pub boot: String,
    /// The interface it booted from.
    pub mac: MacAddr,
    /// The interface that leads to the Control Center.
    pub uplink: MacAddr,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ended {
    pub why: String,
    /// The machine is to restart now.
    pub restart: bool,
    /// The session lasted.
    pub settled: bool,
    pub retry_after: Option<Duration>,
}

struct Running {
    install: InstallId,
    cancel: Cancel,
    thread: thread::JoinHandle<()>,
}

/// The state that outlives a session.
pub struct Conversation {
    center: SocketAddr,
    config: Arc<ClientConfig>,
    identity: Identity,
    kernel: Kernel,
    journal: Journal,
    outbox: Arc<Outbox>,
    installer: Arc<dyn Installer>,
    running: Option<Running>,
    /// The install whose outcome the Control Center has not answered yet.
    unanswered: Option<InstallId>,
}

enum Stop {
    Link(LinkError),
    Refused { reason: String, retry_after: Duration },
    NoWelcome,
    Restart,
}

impl From<LinkError> for Stop {
    fn from(why: LinkError) -> Self {
        Self::Link(why)
    }
}

impl Conversation {
    /// Picks up what a worker before this one left in the journal.
    pub fn new(
        center: SocketAddr,
        config: Arc<ClientConfig>,
        identity: Identity,
        kernel: Kernel,
        journal: Journal,
        outbox: Arc<Outbox>,
        installer: Arc<dyn Installer>,
    ) -> Self {
        let mut conversation = Self {
            center,
            config,
            identity,
            kernel,
            journal,
            outbox,
            installer,
            running: None,
            unanswered: None,
        };
        conversation.recover();
        conversation
    }

    fn recover(&mut self) {
        let Some((install, outcome)) = self.journal.last() else { return };
        let outcome = outcome.unwrap_or_else(|| {
            let failed = Outcome::Failed(Failure {
                stage: BootStage::Disk,
                reason: "the installer on the machine stopped in the middle of its work".to_owned(),
                advice: "Read the serial console, then order the install again.".to_owned(),
                disk_touched: true,
            });
            if let Err(why) = self.journal.end(install, &failed) {
                say(&format!("the end of install {install} could not be noted: {why}"));
            }
            failed
        });
        self.outbox.finish(install, &outcome);
        self.unanswered = Some(install);
    }

    /// One session, from dialling to its end.
    pub fn session(&mut self) -> Ended {
        let started = Instant::now();
        let stop = match self.converse() {
            Ok(never) => match never {},
            Err(stop) => stop,
        };
        let ended = Ended { settled: started.elapsed() >= SETTLED, ..Ended::default() };
        match stop {
            Stop::Link(why) => Ended { why: explain(&why), ..ended },
            Stop::Refused { reason, retry_after } => Ended {
                why: format!("the Control Center refused this machine: {reason}"),
                retry_after: Some(retry_after),
                ..ended
            },
            Stop::NoWelcome => Ended {
                why: format!("the Control Center did not greet within {} s", WELCOME.as_secs()),
                ..ended
            },
            Stop::Restart => Ended { restart: true, ..ended },
        }
    }

    fn converse(&mut self) -> Result<std::convert::Infallible, Stop> {
        let mut link = Link::open(self.center, Arc::clone(&self.config))?;
        link.send(&self.hello())?;
        self.welcome(&mut link)?;
        // The machine may have got a disk while it waited.
        link.send(&FromMachine::Inventory { inventory: self.kernel.inventory() })?;
        self.outbox.new_session();
        let outbox = Arc::clone(&self.outbox);
        loop {
            while let Some(message) = outbox.next_message() {
                if let Err(why) = link.send(&message) {
                    outbox.put_back(message);
                    return Err(why.into());
                }
            }
            self.reap();
            match link.receive(Instant::now() + IDLE, Some(outbox.wake()))? {
                Event::Message(message) => self.obey(&mut link, message)?,
                Event::Woken | Event::TimedOut => {}
            }
        }
    }

    fn hello(&self) -> FromMachine {
        FromMachine::Provision(ProvisionHello {
            version: VERSION,
            boot: self.identity.boot.clone(),
            mac: self.identity.mac,
            macs: self.kernel.nics().into_iter().map(|nic| nic.mac).collect(),
            resuming: self.running.as_ref().map(|running| running.install).or(self.unanswered),
        })
    }

    fn welcome(&mut self, link: &mut Link) -> Result<(), Stop> {
        let until = Instant::now() + WELCOME;
        loop {
            match link.receive(until, None)? {
                Event::Message(ToMachine::Welcome { name }) => {
                    say(&format!("connected to the Control Center at {} as {name}", self.center));
                    return Ok(());
                }
                Event::Message(message) => self.obey(link, message)?,
                Event::Woken => {}
                Event::TimedOut => return Err(Stop::NoWelcome),
            }
        }
    }

    fn obey(&mut self, link: &mut Link, message: ToMachine) -> Result<(), Stop> {
        match message {
            ToMachine::Install(order) => self.begin(*order),
            ToMachine::Abort { install, reason } => self.abort(install, &reason),
            ToMachine::Restart { command } => return self.restart(link, command),
            ToMachine::Refused { reason, retry_after_s } => {
                let retry_after = Duration::from_secs(u64::from(retry_after_s.clamp(1, LONGEST_PAUSE)));
                return Err(Stop::Refused { reason, retry_after });
            }
            ToMachine::Welcome { .. } | ToMachine::Wait | ToMachine::Heard => {}
            ToMachine::Enrolled { .. }
            | ToMachine::PrivateServers { .. }
            | ToMachine::UsageTaken { .. }
            | ToMachine::Exec(_)
            | ToMachine::Console(_)
            | ToMachine::Inside(_)
            | ToMachine::Transfer(_)
            | ToMachine::Vault(_) => {
                say("a message arrived that only an installed system takes; it is ignored")
            }
        }
        Ok(())
    }

    fn begin(&mut self, order: Order) {
        self.reap();
        let install = order.install;
        if let Some(running) = &self.running {
            if running.install != install {
                self.refuse(install, format!("the machine is carrying out install {}", running.install));
            }
            return;
        }
        match self.journal.begin(install) {
            Ok(true) => self.start(order),
            Ok(false) => {
                // Said before, or lost: its end is said again, the work is not done again.
                if let Some(outcome) = self.journal.outcome(install) {
                    self.outbox.finish(install, &outcome);
                }
            }
            Err(why) => {
                self.refuse(install, format!("the machine cannot note the beginning of the install: {why}"))
            }
        }
    }

    fn refuse(&self, install: InstallId, reason: String) {
        say(&format!("install {install} is refused: {reason}"));
        let advice = "Wait for its end, or cancel it, then order the install again.".to_owned();
        let failure = Failure { stage: BootStage::Inventory, reason, advice, disk_touched: false };
        self.outbox.put_back(FromMachine::InstallFailed { install, failure });
    }

    fn start(&mut self, order: Order) {
        let (install, mac) = (order.install, self.identity.uplink);
        say(&format!("install {install}: {} on {}", order.host_name, order.disk));
        self.outbox.clear();
        self.unanswered = None;
        let cancel = Cancel::default();
        let (outbox, journal, installer) =
            (Arc::clone(&self.outbox), self.journal.clone(), Arc::clone(&self.installer));
        let worker_cancel = cancel.clone();
        let thread = thread::spawn(move || {
            let reporter = Reporter { outbox: &outbox, order: &order };
            let outcome = match installer.install(&order, mac, &reporter, &worker_cancel) {
                Ok(()) => Outcome::Written,
                Err(failure) => Outcome::Failed(failure),
            };
            match &outcome {
                Outcome::Written => say(&format!("install {install} is written")),
                Outcome::Failed(failure) => {
                    say(&format!("install {install} failed: {}\n{}", failure.reason, failure.advice))
                }
            }
            if let Err(why) = journal.end(install, &outcome) {
                say(&format!("the end of install {install} could not be noted: {why}"));
            }
            outbox.finish(install, &outcome);
        });
        self.running = Some(Running { install, cancel, thread });
    }

    /// Notices the end of the installing thread. Its outcome is what counts: the thread itself may still be on its last lines
    /// when the answer to the outcome arrives.
    fn reap(&mut self) {
        let ended = self
            .running
            .take_if(|running| running.thread.is_finished() || self.outbox.has_outcome(running.install));
        if let Some(running) = ended {
            self.unanswered = Some(running.install);
            drop(running.thread.join());
        }
    }

    fn abort(&mut self, install: InstallId, reason: &str) {
        match &self.running {
            Some(running) if running.install == install => {
                say(&format!("install {install} is cancelled: {reason}"));
                running.cancel.cancel();
            }
            _ => say(&format!("install {install} is not running here, so there is nothing to cancel")),
        }
    }

    /// The answer goes out before the machine goes down.
    fn restart(&mut self, link: &mut Link, command: u64) -> Result<(), Stop> {
        self.reap();
        if let Some(running) = &self.running {
            let error = Some(format!("install {} is being carried out; cancel it first", running.install));
            return Ok(link.send(&FromMachine::CommandDone { command, error })?);
        }
        link.send(&FromMachine::CommandDone { command, error: None })?;
        Err(Stop::Restart)
    }
}
