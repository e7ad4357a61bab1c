//! A session of a managed agent. It reports every few seconds, so silence means that it is gone.

use rackwright_domain::ports::Later;
use rackwright_model::ServerId;
use rackwright_proto::{AgentHello, FromMachine, ToMachine, frame};
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::counters::count;
use super::super::frames::Frames;
use super::super::listen::Identity;
use super::super::registry::Seat;
use super::talk::{Matter, Talk};
use super::{End, Session, refusal};

pub(super) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    frames: &mut Frames<S>,
    identity: &Identity,
    hello: AgentHello,
) -> Result<(), End> {
    let Some(server) = identity.server else {
        return Err(refusal("the certificate is of this authority, but names no server", 300));
    };
    let (part, turn) = session.shared.registry.approach(Seat::Agent(server), session.peer).await;
    let judged =
        session.answer(session.shared.desk.agent_hello(&identity.fingerprint, session.peer, hello)).await;
    let judged = judged.and_then(|(known, answer): (_, ToMachine)| {
        // Both come from the same issue of the certificate, unless the database is not the one of this authority.
        if known == server {
            Ok(answer)
        } else {
            Err(refusal("the certificate names another server than the records do", 300))
        }
    });
    if judged.is_ok() {
        // What a command says and a piece of a file are longer than who it is.
        frames.longest = frame::MAX;
        count(&session.shared.counters.agents_sessions);
    }
    let talk = Talk { session, part, idle: Some(session.shared.limits.silence) };
    talk.hold(frames, judged, turn, &Managed { session, server }).await
}

struct Managed<'a> {
    session: &'a Session,
    server: ServerId,
}

impl Matter for Managed<'_> {
    fn take(&self, message: FromMachine) -> Later<'_, Result<Option<ToMachine>, End>> {
        Box::pin(async move {
            match message {
                FromMachine::Heartbeat(_)
                | FromMachine::CommandDone { .. }
                | FromMachine::Room(_)
                | FromMachine::PrivateServers { .. }
                | FromMachine::Usage(_)
                | FromMachine::ExecDone(_)
                | FromMachine::Console(_)
                | FromMachine::Inside(_)
                | FromMachine::Transfer(_)
                | FromMachine::Vault(_) => {
                    self.session.answer(self.session.shared.desk.agent_said(self.server, message)).await
                }
                FromMachine::Provision(_)
                | FromMachine::Inventory { .. }
                | FromMachine::Stage { .. }
                | FromMachine::Progress { .. }
                | FromMachine::Log { .. }
                | FromMachine::Written { .. }
                | FromMachine::InstallFailed { .. }
                | FromMachine::Enrol { .. }
                | FromMachine::Agent(_) => Err(End::Misplaced),
            }
        })
    }

    fn gone(&self) -> Later<'_, ()> {
        self.session.shared.desk.agent_gone(self.server)
    }
}
