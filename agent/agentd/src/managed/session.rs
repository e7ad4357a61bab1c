//! One session of a managed server, from dialling to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rackwright_proto::{FromMachine, ToMachine};
use rustls::ClientConfig;

use super::heartbeat;
use super::private::Private;
use super::restart::Restart;
use crate::session::{Event, Link, LinkError, explain};

/// Between two heartbeats.
const BEAT: Duration = Duration::from_secs(5);
/// Between two times that free memory is given back: what is done here leaves holes between what is kept.
const TIDIED: Duration = Duration::from_secs(30);
/// A Control Center that says nothing for so long is gone. It answers every heartbeat.
const SILENCE: Duration = Duration::from_secs(14);
/// The longest pause that a refusal can impose.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Why the session ended.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the Control Center refused this server: {reason}")]
    Refused { reason: String, retry_after: Duration },
    #[error("the Control Center answered nothing for {} s", SILENCE.as_secs())]
    Silent,
}

impl SessionError {
    /// The pause that the Control Center asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => {
                Some((*retry_after).clamp(Duration::from_secs(1), LONGEST_PAUSE))
            }
            Self::Link(_) | Self::Silent => None,
        }
    }
}

/// What a session needs.
pub struct Session<'a> {
    pub center: SocketAddr,
    pub config: Arc<ClientConfig>,
    pub restart: &'a dyn Restart,
    pub private: &'a mut Private,
}

impl Session<'_> {
    /// Dials and stays until the session ends.
    #[must_use]
    pub fn hold(&mut self) -> SessionError {
        let Err(why) = self.converse();
        self.private.leave();
        why
    }

    fn converse(&mut self) -> Result<std::convert::Infallible, SessionError> {
        let mut link = Link::open(self.center, Arc::clone(&self.config))?;
        link.send(&FromMachine::Agent(heartbeat::hello()))?;
        crate::system::release_memory();
        let mut heard = Instant::now();
        let mut tidied = heard;
        let mut beat: Option<Instant> = None;
        loop {
            let silent_at = heard + SILENCE;
            let until = beat.map_or(silent_at, |beat| beat.min(silent_at));
            match link.receive(until, beat.is_some().then(|| self.private.wake()))? {
                Event::Message(message) => {
                    heard = Instant::now();
                    if let ToMachine::Welcome { name } = &message {
                        eprintln!("connected to the Control Center at {} as {name}", self.center);
                        beat = Some(heard);
                        self.private.greet(&mut link)?;
                    }
                    self.obey(&mut link, message)?;
                }
                Event::Woken => self.private.tell(&mut link)?,
                Event::TimedOut => {}
            }
            let now = Instant::now();
            if now >= heard + SILENCE {
                return Err(SessionError::Silent);
            }
            if beat.is_some_and(|beat| now >= beat) {
                link.send(&FromMachine::Heartbeat(heartbeat::measure()))?;
                beat = Some(now + BEAT);
                if now >= tidied + TIDIED {
                    crate::system::release_memory();
                    tidied = now;
                }
            }
        }
    }

    fn obey(&mut self, link: &mut Link, message: ToMachine) -> Result<(), SessionError> {
        match message {
            ToMachine::Refused { reason, retry_after_s } => Err(SessionError::Refused {
                reason,
                retry_after: Duration::from_secs(u64::from(retry_after_s)),
            }),
            ToMachine::Restart { command } => Ok(self.restart(link, command)?),
            ToMachine::PrivateServers { wanted } => Ok(self.private.take(link, wanted)?),
            ToMachine::Exec(exec) => Ok(self.private.run(link, exec)?),
            ToMachine::Console(console) => Ok(self.private.console(link, console)?),
            ToMachine::Inside(inside) => Ok(self.private.work_inside(link, inside)?),
            ToMachine::UsageTaken { batch } => Ok(self.private.usage_taken(link, batch)?),
            ToMachine::Transfer(order) => {
                self.private.transfer(link, order);
                Ok(())
            }
            ToMachine::Vault(order) => {
                self.private.vault(*order);
                Ok(())
            }
            ToMachine::Welcome { .. } | ToMachine::Heard | ToMachine::Wait => Ok(()),
            ToMachine::Install(_) | ToMachine::Enrolled { .. } | ToMachine::Abort { .. } => {
                eprintln!(
                    "the Control Center sent a message that a managed server does not take; it is ignored"
                );
                Ok(())
            }
        }
    }

    /// Answers before the machine goes down, because afterwards nobody does.
    fn restart(&self, link: &mut Link, command: u64) -> Result<(), LinkError> {
        let done = |error| FromMachine::CommandDone { command, error };
        match self.restart.claim(command) {
            Ok(false) => return link.send(&done(None)),
            Err(why) => return link.send(&done(Some(format!("the machine was not restarted: {why}")))),
            Ok(true) => {}
        }
        eprintln!("restarting on the Control Center's order (command {command})");
        if let Err(why) = link.send(&done(None)) {
            eprintln!("the answer to the order was lost: {}", explain(&why));
        }
        match self.restart.begin() {
            Ok(()) => Ok(()),
            Err(why) => link.send(&done(Some(format!("the machine does not restart: {why}")))),
        }
    }
}
