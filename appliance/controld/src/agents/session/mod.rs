//! One session, from its first frame to its end.

mod enrolment;
mod managed;
mod provisioning;
mod talk;

use std::net::Ipv4Addr;
use std::sync::Arc;

use rackwright_proto::{FromMachine, ToMachine, VERSION};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

use super::counters::count;
use super::desk::Refused;
use super::frames::{Frames, Over};
use super::listen::{Identity, Shared};

/// Bytes of a first frame: a certificate request and a token, or a machine's names.
const LONGEST_HELLO: usize = 32 << 10;

/// Who the session is with.
pub(super) struct Session {
    pub shared: Arc<Shared>,
    pub peer: Ipv4Addr,
    pub identity: Option<Identity>,
}

/// Why a session ended.
#[derive(Debug)]
enum End {
    /// The peer went, failed or broke the protocol.
    Over(Over),
    /// A message that does not belong into this session.
    Misplaced,
    /// It is told why before the connection closes.
    Refused(Refused),
    /// A newer session of the machine, or the revocation of its certificate.
    Replaced,
    /// Everything was said.
    Done,
}

impl From<Over> for End {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

impl From<Refused> for End {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Runs a session to its end.
pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(session: Session, stream: S) {
    let mut frames = Frames::new(stream, LONGEST_HELLO);
    let end = match converse(&session, &mut frames).await {
        Ok(()) => End::Done,
        Err(end) => end,
    };
    session.note(&end);
    let send = session.shared.limits.send;
    match end {
        End::Refused(Refused { reason, retry_after_s }) => {
            // Whether it arrives or not, the session is over.
            drop(frames.send(&ToMachine::Refused { reason, retry_after_s }, send).await);
            frames.close(send).await;
        }
        End::Done | End::Replaced => frames.close(send).await,
        End::Over(_) | End::Misplaced => {}
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    frames: &mut Frames<S>,
) -> Result<(), End> {
    let limit = session.shared.limits.hello;
    let hello = frames.receive_by(Instant::now() + limit, limit).await?;
    count(&session.shared.counters.agents_frames);
    match (hello, &session.identity) {
        (FromMachine::Provision(hello), None) => {
            same_version(hello.version)?;
            provisioning::run(session, frames, hello).await
        }
        (FromMachine::Enrol { version, token, csr_pem }, None) => {
            same_version(version)?;
            enrolment::run(session, frames, &token, &csr_pem).await
        }
        (FromMachine::Agent(hello), Some(identity)) => {
            same_version(hello.version)?;
            managed::run(session, frames, identity, hello).await
        }
        (FromMachine::Agent(_), None) => Err(refusal(
            "an agent needs its certificate, and showed none; enrol the server again by installing it",
            300,
        )),
        (FromMachine::Provision(_) | FromMachine::Enrol { .. }, Some(_)) => Err(refusal(
            "a managed server can neither be provisioned nor enrol; open the session without its certificate",
            300,
        )),
        (
            FromMachine::Inventory { .. }
            | FromMachine::Stage { .. }
            | FromMachine::Progress { .. }
            | FromMachine::Log { .. }
            | FromMachine::Written { .. }
            | FromMachine::InstallFailed { .. }
            | FromMachine::Heartbeat(_)
            | FromMachine::CommandDone { .. }
            | FromMachine::Room(_)
            | FromMachine::PrivateServers { .. }
            | FromMachine::Usage(_)
            | FromMachine::ExecDone(_)
            | FromMachine::Console(_)
            | FromMachine::Inside(_)
            | FromMachine::Transfer(_)
            | FromMachine::Vault(_),
            _,
        ) => Err(End::Misplaced),
    }
}

fn refusal(reason: &str, retry_after_s: u32) -> End {
    End::Refused(Refused { reason: reason.to_owned(), retry_after_s })
}

fn same_version(theirs: u32) -> Result<(), End> {
    if theirs == VERSION {
        return Ok(());
    }
    let advice = if theirs < VERSION { "update the agent" } else { "update the Control Center" };
    Err(refusal(
        &format!(
            "this machine speaks version {theirs} of the protocol and the Control Center version {VERSION}; {advice}"
        ),
        300,
    ))
}

impl Session {
    /// Waits for the domain's answer to a report, within the limit.
    async fn answer<T>(&self, report: impl Future<Output = Result<T, Refused>>) -> Result<T, End> {
        let limit = self.shared.limits.answer;
        match timeout(limit, report).await {
            Ok(answer) => Ok(answer?),
            Err(_) => {
                tracing::error!(peer.address = %self.peer, "A machine's report was not taken in within {} s.", limit.as_secs());
                Err(refusal("the Control Center is too busy to take this report; it will be asked again", 5))
            }
        }
    }

    /// Sends what the domain answered. A refusal ends the session.
    async fn reply<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        frames: &mut Frames<S>,
        message: ToMachine,
    ) -> Result<(), End> {
        match message {
            ToMachine::Refused { reason, retry_after_s } => {
                Err(End::Refused(Refused { reason, retry_after_s }))
            }
            ToMachine::Welcome { .. }
            | ToMachine::Wait
            | ToMachine::Install(_)
            | ToMachine::Enrolled { .. }
            | ToMachine::Restart { .. }
            | ToMachine::Abort { .. }
            | ToMachine::Heard
            | ToMachine::PrivateServers { .. }
            | ToMachine::UsageTaken { .. }
            | ToMachine::Exec(_)
            | ToMachine::Console(_)
            | ToMachine::Inside(_)
            | ToMachine::Transfer(_)
            | ToMachine::Vault(_) => Ok(frames.send(&message, self.shared.limits.send).await?),
        }
    }

    fn note(&self, end: &End) {
        let (peer, counters) = (self.peer, &self.shared.counters);
        match end {
            End::Done | End::Over(Over::Closed) => tracing::debug!(peer.address = %peer, "A session ended."),
            End::Replaced => {
                count(&counters.agents_replaced);
                tracing::debug!(peer.address = %peer, "A session was ended for a newer one, or its certificate was revoked.");
            }
            End::Refused(Refused { reason, .. }) => {
                count(&counters.agents_refused);
                tracing::info!(peer.address = %peer, "The session of a machine was refused: {reason}.");
            }
            End::Misplaced | End::Over(Over::Frame(_)) => {
                count(&counters.agents_malformed);
                tracing::info!(peer.address = %peer, "A machine broke the protocol and was dropped.");
            }
            End::Over(over @ Over::Silent(_)) => {
                count(&counters.agents_silent);
                tracing::info!(peer.address = %peer, "A machine was dropped: {over}.");
            }
            End::Over(over @ Over::Stalled(_)) => {
                count(&counters.agents_stalled);
                tracing::info!(peer.address = %peer, "A machine was dropped: {over}.");
            }
            End::Over(Over::Io(error)) => {
                tracing::info!(peer.address = %peer, "The connection of a machine failed: {error}.")
            }
        }
    }
}
